// Ticking rows of the list by keys: x ticks the row with the focus, Shift+j and Shift+k go on and tick.
import { moveRow } from "./keys-acts";

const box = (): HTMLInputElement | null => {
  const row = document.activeElement?.closest("li") ?? document.querySelector("[data-row][aria-current=true]")?.closest("li");
  return row?.querySelector<HTMLInputElement>("input.pick") ?? null;
};

function tick(box: HTMLInputElement, on: boolean): void {
  if (box.checked !== on) box.click();
}

/** Ticks the row, or takes the tick away. */
export function pickRow(): boolean {
  const found = box();
  if (found) tick(found, !found.checked);
  return found !== null;
}

/** Ticks this row and the next one, and moves there. */
export function extendPick(step: 1 | -1): boolean {
  const from = box();
  if (!from) return moveRow(step);
  tick(from, true);
  moveRow(step);
  const to = box();
  if (to) tick(to, true);
  return true;
}
