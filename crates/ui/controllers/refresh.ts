// Brings the live parts of the page up to date from a new copy of it.
import { type FrameElement, morphElements } from "@hotwired/turbo";
import { warnDouble } from "./presence";
import { updateList } from "./refresh-list";

/** Fetches the page again and morphs each `[data-live]` part, unless another page stands there by then. Answers what is worth saying aloud. */
export async function refresh(): Promise<string> {
  if (!document.querySelector("[data-live][id]")) return "";
  const here = (): string => location.pathname + location.search;
  const asked = here();
  const answer = await fetch(asked, { headers: { "X-Live": "1", Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return here() === asked ? apply(page) : "";
}

/** Loads the sidebar's counts, the bell and the panels again; once the page is looked at, for a panel may mark as read. */
export function recount(): void {
  if (document.hidden) return document.addEventListener("visibilitychange", recount, { once: true });
  for (const frame of document.querySelectorAll<FrameElement>("turbo-frame[data-live-frame][src]")) frame.reload().catch(() => { /* The next ring counts again. */ });
}

/** Morphs the live parts of this page into those of the other. `isOwn`: the person did it, rows may move. */
export function apply(page: Document, isOwn = false): string {
  const words: string[] = [];
  for (const next of page.querySelectorAll<HTMLElement>("[data-live][id]")) {
    const current = document.getElementById(next.id);
    if (!current || current.isEqualNode(next)) continue;
    if (next.dataset["live"] === "list") words.push(updateList(current, next, isOwn));
    else if (next.dataset["live"] === "thread") words.push(updateThread(current, next));
    else morph(current, next);
  }
  return words.filter(Boolean).join(". ");
}

function morph(current: Element, next: Element): void {
  morphElements(current, next, { callbacks: { beforeNodeMorphed: (node) => !isBeingEdited(node) } });
}

/** What is being edited in a panel stays as it is when the panel is loaded again. A page that a form got is drawn whole. */
export function keepEdited(event: Event): void {
  if (event.target instanceof Element && event.target.closest("[data-live-frame]") && isBeingEdited(event.target)) event.preventDefault();
}

/** A form with the focus in it, or with something typed into it, stays as it is. */
function isBeingEdited(node: Node): boolean {
  if (!(node instanceof HTMLFormElement)) return false;
  const hasText = [...node.elements].some((field) => (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.type !== "hidden" && (field.value !== field.defaultValue || (field instanceof HTMLInputElement && field.checked !== field.defaultChecked)));
  return hasText || (node.contains(document.activeElement) && document.activeElement instanceof HTMLElement && !document.activeElement.matches("button"));
}

function updateThread(current: HTMLElement, next: HTMLElement): string {
  const known = new Set([...current.querySelectorAll(".msg")].map((message) => message.id));
  morph(current, next);
  const fresh = [...current.querySelectorAll<HTMLElement>(".msg")].filter((message) => !known.has(message.id));
  if (fresh.length === 0) return "";
  current.dispatchEvent(new CustomEvent("live:thread", { bubbles: true }));
  const author = fresh.at(-1)?.querySelector("header b")?.textContent ?? "";
  warnDouble(`${author} wrote while you were writing. Read it before you send.`);
  return `New message from ${author}`;
}
