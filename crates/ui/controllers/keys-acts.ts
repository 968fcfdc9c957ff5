// What the keys of the inbox do. Each answers whether there was something to do.
import { isShown, shown } from "./dom";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-row]")].filter(isShown);

/** Moves the real focus between the links of the list. */
export function moveRow(step: 1 | -1): boolean {
  const all = rows();
  const from = all.findIndex((row) => row === document.activeElement);
  const current = from >= 0 ? from : all.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = current < 0 ? 0 : Math.min(Math.max(current + step, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.closest("li")?.scrollIntoView({ block: "nearest" });
  return all.length > 0;
}

/** Opens the row that has the focus. */
export function openRow(): boolean {
  const row = document.activeElement;
  if (!(row instanceof HTMLElement) || !row.matches("[data-row]")) return false;
  row.click();
  return true;
}

/** Back to the list: on narrow screens by the link, else the focus goes to the row. */
export function toList(): boolean {
  const back = shown("[data-back]");
  if (back) back.click();
  else (document.querySelector<HTMLElement>("[data-row][aria-current]") ?? rows()[0])?.focus();
  return true;
}

/** Into the composer, as a reply or as a note. */
export function write(kind: "reply" | "note"): boolean {
  const composer = document.querySelector<HTMLFormElement>("[data-composer]");
  const choice = composer?.querySelector<HTMLInputElement>(`[name=kind][value=${kind}]`);
  if (choice) choice.click();
  const box = document.querySelector<HTMLTextAreaElement>("textarea[name=content]");
  box?.focus();
  return box !== null;
}

/** Takes the last act back: a held reply or the toast's. */
export function undo(): boolean {
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-undo]")].filter(isShown);
  const last = forms.find((form) => form.closest(".toast")) ?? forms.at(-1);
  last?.requestSubmit();
  return last !== undefined;
}

/** Views on the left, details on the right: a drawer on narrow screens, else shown or not. */
export function drawer(id: "side" | "details"): boolean {
  const element = document.getElementById(id);
  if (!element) return false;
  const isDrawer = matchMedia(id === "side" ? "(width < 64rem)" : "(width < 80rem)").matches;
  if (isDrawer) element.togglePopover();
  else document.querySelector(id === "side" ? ".app" : ".inbox")?.toggleAttribute(`data-no-${id}`);
  return true;
}
