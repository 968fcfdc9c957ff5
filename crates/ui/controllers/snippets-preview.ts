// What a macro would say and change, before it is applied. Words go in as text, never as HTML.
import type { Applied } from "./snippets-api";

/** Fills the box and puts the focus where one goes on. */
export function show(box: HTMLElement, what: Applied): void {
  const part = <E extends HTMLElement = HTMLElement>(name: string): E | null => box.querySelector<E>(`[data-part=${name}]`);
  const say = (name: string, words: string | null): void => {
    const element = part(name);
    if (!element) return;
    element.textContent = words ?? "";
    element.hidden = words === null;
  };
  say("name", what.name);
  say("trouble", what.trouble);
  say("text", what.text);
  say("hint", what.text === null ? null : "The text goes into the box. It is not sent before you send it.");
  part("lines")?.replaceChildren(...what.lines.flatMap((line) => [Object.assign(document.createElement("dt"), { textContent: line.what }), Object.assign(document.createElement("dd"), { textContent: line.value })]));
  const use = part<HTMLButtonElement>("use");
  if (use) use.hidden = what.trouble !== null;
  box.hidden = false;
  (what.trouble === null ? use : part("name"))?.focus();
}
