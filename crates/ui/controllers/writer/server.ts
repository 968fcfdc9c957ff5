// What the page asks the server while an article is written.

export interface Shown { html: string; plain: string }

/** The text as readers see it, and without what it includes from elsewhere. */
export async function preview(place: string, content: string, signal?: AbortSignal): Promise<Shown | null> {
  const answer = await fetch(place, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: JSON.stringify({ content }), ...(signal ? { signal } : {}) });
  const shown: unknown = answer.ok ? await answer.json() : null;
  return isShown(shown) ? shown : null;
}

function isShown(shown: unknown): shown is Shown {
  return typeof shown === "object" && shown !== null && "html" in shown && typeof shown.html === "string" && "plain" in shown && typeof shown.plain === "string";
}

/** The fields of a form as the server keeps them. */
export function fields(form: HTMLFormElement): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string") continue;
    const before = kept[name];
    kept[name] = before === undefined ? (form.querySelector(`[type=checkbox][name="${CSS.escape(name)}"]`) ? [value] : value) : [before, value].flat();
  }
  return kept;
}

/** Keeps what is written; true when it is safe. */
export async function keep(place: string, form: HTMLFormElement): Promise<boolean> {
  const body = JSON.stringify(fields(form));
  try {
    const answer = await fetch(place, { method: "PUT", headers: { "Content-Type": "application/json" }, body, keepalive: body.length < 60_000 });
    return answer.ok;
  } catch {
    return false;
  }
}
