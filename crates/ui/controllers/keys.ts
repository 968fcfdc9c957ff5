// The keyboard map (DESIGN_LANGUAGE.md section 6). Single keys are off while typing and when the person switched them off.
import { visit } from "@hotwired/turbo";
import { isShown, isTyping, shown } from "./dom";
import { extendPick, pickRow } from "./keys-pick";
import { drawer, moveRow, openRow, toList, undo, write } from "./keys-acts";

const GOES: Record<string, string> = { i: "/desk", a: "/desk/analytics" };
const SEQUENCE_MS = 1200;
let goesUntil = 0;

const ACTS: Record<string, () => boolean> = {
  j: () => moveRow(1),
  k: () => moveRow(-1),
  J: () => extendPick(1),
  K: () => extendPick(-1),
  x: pickRow,
  o: openRow,
  u: toList,
  r: () => write("reply"),
  n: () => write("note"),
  z: undo,
  "[": () => drawer("side"),
  "]": () => drawer("details"),
  "/": search,
  "?": () => open("keys"),
  g: () => { goesUntil = Date.now() + SEQUENCE_MS; return true; },
};

/** Starts listening, once for all pages. */
export function watchKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.shiftKey && open("palette")) return event.preventDefault();
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Escape") return leave(event);
    if (document.body.dataset["keys"] === "off" || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (press(event.key)) event.preventDefault();
  });
}

function press(key: string): boolean {
  if (Date.now() < goesUntil) {
    goesUntil = 0;
    const place = GOES[key];
    if (place && document.body.classList.contains("dense")) { visit(place); return true; }
  }
  const act = ACTS[key];
  if (act) return act();
  return /^[a-z]$/.test(key) && (click(key) || focus(key));
}

/** Buttons and links say their key in `data-key`, fields in `data-focus-key`. */
function click(key: string): boolean {
  const element = shown(`[data-key="${key}"]`) ?? document.querySelector<HTMLElement>(`.opt[data-key="${key}"], [data-key="${key}"]`);
  element?.click();
  return element !== null;
}

function focus(key: string): boolean {
  const field = document.querySelector<HTMLElement>(`[data-focus-key="${key}"]`);
  if (!field) return false;
  if (!isShown(field)) drawer("details");
  field.focus();
  if (field instanceof HTMLSelectElement && "showPicker" in field) try { field.showPicker(); } catch { /* Focus is enough. */ }
  return true;
}

function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-keys-search]");
  const popover = field?.closest<HTMLElement>("[popover]");
  // By its own button: only so does the popover know beside what to stand.
  if (popover && !popover.matches(":popover-open")) document.querySelector<HTMLElement>(`[popovertarget="${popover.id}"]`)?.click();
  if (field) { field.focus(); field.select(); return true; }
  if (open("palette")) return true;
  shown("[data-hotkey='/']")?.click();
  return shown("[data-hotkey='/']") !== null;
}

function open(id: string): boolean {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  return dialog instanceof HTMLDialogElement;
}

/** Esc closes the topmost thing by itself; then it leaves the field. */
function leave(event: KeyboardEvent): void {
  if (document.querySelector("dialog[open], [popover]:popover-open:not(.side)")) return;
  if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
}
