// Pictures that are pasted or dropped: sent at once to the article, which answers where they lie.
export interface Picture { url: string; name: string }

/** The pictures among what was pasted or dropped. */
export function picturesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
}

/** The name as it may stand for what the picture shows, until somebody writes that. */
export const alt = (name: string): string => name.replace(/\.[^.]*$/, "").replace(/[[\]\\]/g, "").trim();

/** Sends one to the article, which answers where it lies. */
export async function send(file: File, place: string): Promise<Picture> {
  const body = new FormData();
  body.append("file", file, file.name || "picture.png");
  const answer = await fetch(place, { method: "POST", headers: { Accept: "application/json" }, body });
  const made: unknown = await answer.json().catch(() => null);
  const items: unknown = typeof made === "object" && made !== null && "items" in made ? made.items : null;
  const first: unknown = Array.isArray(items) ? items[0] : null;
  if (!answer.ok || typeof first !== "object" || first === null || !("href" in first) || typeof first.href !== "string") throw new Error(told(made) ?? "The picture could not be kept.");
  return { url: first.href, name: file.name };
}

/** Puts one into a field of Markdown where the cursor is; a mark stands there while it is on its way. */
export async function put(field: HTMLTextAreaElement, file: File, sent: (file: File) => Promise<Picture | null>): Promise<void> {
  const waiting = `![Sending ${alt(file.name)}…]()`;
  field.setRangeText(waiting, field.selectionStart, field.selectionEnd, "end");
  const picture = await sent(file);
  const at = field.value.indexOf(waiting);
  if (at >= 0) field.setRangeText(picture ? `![${alt(picture.name)}](${picture.url})` : "", at, at + waiting.length, "preserve");
}

/** The first sentence of a problem. */
function told(problem: unknown): string | null {
  if (typeof problem !== "object" || problem === null) return null;
  const errors = "errors" in problem && Array.isArray(problem.errors) ? (problem.errors as unknown[]) : [];
  const first = errors.find((error): error is { detail: string } => typeof error === "object" && error !== null && "detail" in error && typeof error.detail === "string");
  return first?.detail ?? ("detail" in problem && typeof problem.detail === "string" ? problem.detail : null);
}
