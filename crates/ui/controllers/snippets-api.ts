// What the finder of snippets asks the server.

export interface Found { id: string; name: string; does: Record<string, unknown>; trouble: string | null }
export interface Applied { name: string; text: string | null; isNote: boolean; lines: { what: string; value: string }[]; trouble: string | null }

/** Whether it changes something, beside what it says. */
export const isMacro = ({ does }: Found): boolean => Object.keys(does).some((name) => name !== "reply" && name !== "note");

/** Those whose name has the words; throws if there is no answer. */
export async function find(words: string, signal: AbortSignal): Promise<Found[]> {
  const answer = await fetch(`/api/support/macros?limit=20${words ? `&q=${encodeURIComponent(words)}` : ""}`, { headers: { Accept: "application/json" }, signal });
  if (!answer.ok) throw new Error(String(answer.status));
  const page: unknown = await answer.json();
  const items: unknown = typeof page === "object" && page !== null && "items" in page ? page.items : [];
  return Array.isArray(items) ? items.filter(isFound) : [];
}

/** GET shows what it would do in the ticket, POST does it. */
export async function ask(ticket: string, id: string, method: "GET" | "POST"): Promise<Applied | null> {
  const body = method === "POST" ? { body: "{}", headers: { Accept: "application/json", "Content-Type": "application/json" } } : { headers: { Accept: "application/json" } };
  try {
    const answer = await fetch(`/api/support/tickets/${ticket}/macros/${id}`, { method, ...body });
    const what: unknown = answer.ok ? await answer.json() : null;
    return isApplied(what) ? what : null;
  } catch {
    return null;
  }
}

function isFound(row: unknown): row is Found {
  return typeof row === "object" && row !== null && "id" in row && typeof row.id === "string" && "name" in row && typeof row.name === "string" && "does" in row && typeof row.does === "object";
}

function isApplied(row: unknown): row is Applied {
  return typeof row === "object" && row !== null && "lines" in row && Array.isArray(row.lines) && "name" in row;
}
