// A list whose rows never move under the pointer or the focus: a button says how many are new.
import { morphChildren } from "@hotwired/turbo";

const ids = (list: Element): string[] => [...list.querySelectorAll("li[id]")].map((row) => row.id);

/** Brings the list up to date, or offers to. `isOwn`: the person did it, rows may move. Answers what is worth saying. */
export function updateList(current: HTMLElement, next: HTMLElement, isOwn: boolean): string {
  const before = ids(current);
  const after = ids(next);
  const fresh = after.filter((id) => !before.includes(id)).length;
  const isSame = before.join() === after.join();
  const button = document.querySelector<HTMLButtonElement>("[data-live-fresh]");
  // an offer stands until it is taken: the button may not go away under the pointer either
  const isHeld = !isOwn && button !== null && !isSame && (!button.hidden || current.matches(":hover, :focus-within") || "extended" in current.dataset);
  if (isOwn && "extended" in current.dataset) return "";
  if (isHeld) offer(current, next, fresh);
  else { hideOffer(); morphChildren(current, next); }
  return fresh > 0 && !isOwn ? `${fresh} new in the list` : "";
}

function offer(current: HTMLElement, next: HTMLElement, fresh: number): void {
  const button = document.querySelector<HTMLButtonElement>("[data-live-fresh]");
  if (!button) return;
  const label = button.querySelector("span");
  if (label) label.textContent = fresh > 0 ? `${fresh} new` : "Show changes";
  button.hidden = false;
  button.onclick = () => {
    hideOffer();
    delete current.dataset["extended"];
    morphChildren(current, next);
    current.closest(".scroll")?.scrollTo({ top: 0 });
    current.querySelector<HTMLElement>("[data-row]")?.focus();
  };
}

function hideOffer(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-live-fresh]");
  if (button) button.hidden = true;
}
