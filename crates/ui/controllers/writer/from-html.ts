// The HTML that readers see, made into what the rich editor reads. What it does not know stays in it and is found out after.
import { fences } from "./source";

export const KINDS = { note: "Note", tip: "Tip", important: "Important", warning: "Warning", caution: "Caution" } as const;
export type Kind = keyof typeof KINDS;
const BY_COLOUR: Record<string, Kind> = { info: "note", good: "tip", accent: "important", warn: "warning", bad: "caution" };

/** A body whose elements are those of the schema. */
export function readable(html: string, source: string): HTMLElement {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  headings(body);
  code(body, fences(source));
  callouts(body);
  tasks(body);
  for (const link of body.querySelectorAll("a")) for (const name of ["rel", "target", "dir"]) link.removeAttribute(name);
  return body;
}

/** Readers see `#` as h3, below the title of the page. */
function headings(body: HTMLElement): void {
  for (const heading of body.querySelectorAll<HTMLElement>("h3, h4, h5, h6")) heading.dataset["level"] = String(Number(heading.tagName.charAt(1)) - 2);
}

/** Code without its colours and its frame; its language stands in the source alone. */
function code(body: HTMLElement, infos: string[]): void {
  const blocks = [...body.querySelectorAll("pre")];
  const isCounted = blocks.length === infos.length;
  for (const [at, pre] of blocks.entries()) {
    const [language = ""] = isCounted ? (infos[at] ?? "").split(/\s/) : [];
    const plain = document.createElement("pre");
    const inner = document.createElement("code");
    inner.textContent = (pre.textContent ?? "").replace(/\n$/, "");
    if (language) inner.className = `language-${language}`;
    plain.append(inner);
    (pre.closest(".code") ?? pre).replaceWith(plain);
  }
}

function callouts(body: HTMLElement): void {
  for (const quote of body.querySelectorAll("blockquote")) fromQuote(quote);
  for (const box of body.querySelectorAll<HTMLElement>("div.callout")) {
    const kind = BY_COLOUR[box.dataset["s"] ?? ""] ?? "note";
    const title = box.querySelector(":scope > .callout-title");
    box.dataset["callout"] = kind;
    if (title && title.textContent !== KINDS[kind]) box.dataset["title"] = title.textContent ?? "";
    title?.remove();
  }
}

/** A quote that begins with `[!NOTE]`, where it is drawn as a quote. */
function fromQuote(quote: Element): void {
  const first = quote.firstElementChild;
  const [text, line] = [first?.firstChild, first?.childNodes[1]];
  const kind = /^\s*\[!(\w+)\]\s*$/.exec(text?.textContent ?? "")?.[1]?.toLowerCase() ?? "";
  if (!(kind in KINDS) || (line && !(line instanceof HTMLBRElement))) return;
  const box = document.createElement("div");
  box.dataset["callout"] = kind;
  text?.remove();
  line?.remove();
  if (!first?.childNodes.length) first?.remove();
  box.append(...quote.childNodes);
  quote.replaceWith(box);
}

function tasks(body: HTMLElement): void {
  for (const list of body.querySelectorAll("ul")) {
    const items = [...list.children];
    const boxes = items.map((item) => item.querySelector<HTMLInputElement>(":scope > input[type=checkbox], :scope > p:first-child > input[type=checkbox]"));
    if (boxes.length === 0 || boxes.some((box) => !box)) continue;
    list.dataset["type"] = "taskList";
    for (const [at, item] of items.entries()) {
      (item as HTMLElement).dataset["type"] = "taskItem";
      (item as HTMLElement).dataset["checked"] = String(boxes[at]?.hasAttribute("checked"));
      boxes[at]?.remove();
    }
  }
}
