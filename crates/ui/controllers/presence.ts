// Who else is in this ticket: the line under the thread and the warning before a double reply.
import type { Person } from "./socket";

const DOING = { viewing: "viewing", replying: "replying", noting: "writing a note" } as const;

/** The ticket on this page, if any. */
export function viewing(): string | null {
  return document.querySelector<HTMLElement>("[data-viewing]")?.dataset["viewing"] ?? null;
}

/** Shows who is here. */
export function showHere(ticket: string, people: Person[]): void {
  const line = document.querySelector<HTMLElement>(`[data-here="${CSS.escape(ticket)}"]`);
  const words = line?.querySelector("[data-here-words]");
  if (line && words) {
    // on other pages than a ticket's there is another word for whoever writes
    const writing = line.dataset["writing"];
    words.textContent = people.map(({ name, doing }) => `${name} is ${writing && doing === "replying" ? writing : DOING[doing]}`).join(", ");
    line.hidden = people.length === 0;
  }
  const replying = people.filter(({ doing }) => doing === "replying").map(({ name }) => name);
  if (replying.length > 0) warnDouble(`${replying.join(" and ")} ${replying.length > 1 ? "are" : "is"} replying too.`);
}

/** Warns in the composer when something is written in it. */
export function warnDouble(words: string): void {
  const box = document.querySelector<HTMLElement>("[data-double]");
  const text = box?.closest("form")?.querySelector("textarea");
  if (!box || !text || text.value.trim() === "") return;
  box.textContent = words;
  box.hidden = false;
}
