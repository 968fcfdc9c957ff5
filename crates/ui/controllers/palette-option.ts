// One row of the palette.
import { icon } from "./dom";
import type { Command } from "./palette-commands";

/** Builds the row; words go in as text, never as HTML. */
export function option(command: Command, id: string): HTMLElement {
  const row = document.createElement("div");
  row.id = id;
  row.role = "option";
  row.ariaSelected = "false";
  if (command.icon) row.append(icon(command.icon));
  const label = document.createElement("span");
  label.className = "truncate";
  label.textContent = command.label;
  row.append(label);
  if (command.hint || command.key) row.append(end(command));
  return row;
}

function end({ hint, key }: Command): HTMLElement {
  const span = document.createElement("span");
  span.className = "end fg-3 t-xs";
  span.append(hint);
  if (key) span.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  return span;
}
