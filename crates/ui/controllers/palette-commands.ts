// What the palette offers: everything on the page that says `data-command`, and what the server finds.
import { visit } from "@hotwired/turbo";
import { drawer } from "./keys-acts";

export interface Command { group: string; label: string; hint: string; key: string; icon: string; act: () => void }

/** The acts of this page; what deletes comes last, so that the first is always safe to run. */
export function fromPage(): Command[] {
  const elements = [...document.querySelectorAll<HTMLElement>("[data-command]")].filter((element) => !element.matches(":disabled"));
  const ticket = document.querySelector<HTMLElement>("[data-viewing]")?.dataset["number"] ?? "Ticket";
  const commands = elements.map((element): Command & { last: boolean } => ({
    group: element.closest("#ticket") ? ticket : "Go to",
    label: element.dataset["command"] ?? "",
    hint: "",
    key: element.dataset["key"] ?? element.dataset["focusKey"] ?? "",
    icon: element.dataset["commandIcon"] ?? "",
    act: () => run(element),
    last: element.classList.contains("danger"),
  }));
  return commands.sort((one, other) => Number(one.last) - Number(other.last) || Number(one.group === "Go to") - Number(other.group === "Go to"));
}

function run(element: HTMLElement): void {
  if (!element.matches("select, input")) return element.click();
  if (!element.checkVisibility()) drawer("details");
  element.focus();
}

/** What the server finds for the words: tickets, people, pages. */
export async function fromServer(src: string, words: string, signal: AbortSignal): Promise<Command[]> {
  const answer = await fetch(`${src}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" }, signal });
  const found: unknown = answer.ok ? await answer.json() : [];
  return Array.isArray(found) ? found.filter(isFound).map((row) => ({ group: row.group, label: row.label, hint: row.hint ?? "", key: "", icon: row.icon ?? "", act: () => visit(row.href) })) : [];
}

interface Found { group: string; label: string; href: string; hint?: string; icon?: string }

function isFound(row: unknown): row is Found {
  return typeof row === "object" && row !== null && "label" in row && typeof row.label === "string" && "group" in row && typeof row.group === "string" && "href" in row && typeof row.href === "string" && row.href.startsWith("/");
}
