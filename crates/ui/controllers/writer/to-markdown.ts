// The rich text as Markdown. @tiptap/markdown 3.32 lost code within lists and did not escape what begins a line: this is
// prosemirror-markdown's serializer, with escapes that fit the server's renderer.
import type { Mark, Node } from "@tiptap/pm/model";
import { MarkdownSerializer, type MarkdownSerializerState as State } from "prosemirror-markdown";

/** A cell of a table is one line: nothing begins a line in it, and its bars are escaped when it is whole. */
let isCell = false;
/** prosemirror-markdown keeps this without telling it to TypeScript. */
type Open = State & { inAutolink?: boolean | undefined };

/** Names of snippets are no text: nothing within is escaped. */
const PARTS = /(\{\{[^{}\n]*\}\})/;

/** Text that is shown as it stands. `isFirst`: it begins a line. `isTabled`: a bar would part cells or begin a table. */
export function escaped(text: string, isFirst: boolean, isTabled: boolean): string {
  return text.split(PARTS).map((part, at) => (at % 2 ? part : within(part, at === 0 && isFirst, isTabled))).join("");
}

function within(text: string, isFirst: boolean, isTabled: boolean): string {
  let out = text
    .replace(/\\(?=[!-/:-@[-`{-~]|$)/g, "\\\\")
    .replace(/[`*~<]/g, (sign, at: number) => (sign === "*" && isBlank(text[at - 1]) && isBlank(text[at + 1]) && at > 0 ? sign : `\\${sign}`))
    .replace(/_/g, (sign, at: number, all: string) => (isWord(all[at - 1]) && isWord(all[at + 1]) ? sign : `\\${sign}`))
    .replace(/\[(?=[^\]]*\](?:[(:[]|$))|\](?=$)|!(?=\[|$)/g, "\\$&")
    .replace(/&(?=#?\w+;)/g, "\\&");
  if (isCell) return out;
  if (isTabled) out = out.replace(/\|/g, "\\|");
  if (!isFirst) return out;
  return out.trimStart()
    .replace(/^(?:[-+>=|]|#{1,6}(?=\s|$)|:{3}|\[(?=[!xX ]))/, "\\$&")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}

const isBlank = (sign: string | undefined): boolean => sign === undefined || /\s/.test(sign);
const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}_]/u.test(sign);

/** So many signs that nothing within ends it. */
function longer(text: string, sign: string, least: number): string {
  const runs = text.match(new RegExp(`${sign}+`, "g")) ?? [];
  return sign.repeat(Math.max(least, ...runs.map((run) => run.length + 1)));
}

function address(href: unknown): string {
  const plain = String(href ?? "").replace(/\s/g, (sign) => encodeURIComponent(sign));
  return /[()<>\\]/.test(plain) ? `<${plain.replace(/[<>\\]/g, "\\$&")}>` : plain;
}

const titled = (title: unknown): string => (title ? ` "${String(title).replace(/["\\]/g, "\\$&")}"` : "");
const isSelf = (mark: Mark, parent: Node, index: number): boolean => {
  const child = index < parent.childCount ? parent.child(index) : null;
  return !mark.attrs["title"] && /^(https?:|mailto:)/.test(String(mark.attrs["href"])) && child?.isText === true && child.text === mark.attrs["href"]
    && child.marks.length === 1 && (index + 1 === parent.childCount || !mark.isInSet(parent.child(index + 1).marks));
};

function list(state: State, node: Node, first: (index: number) => string, indent: string): void {
  state.renderList(node, indent, first);
}

/** The lines of a cell as one. */
function cell(node: Node): string {
  isCell = true;
  try { return serializer.serialize(node).replace(/\\?\n/g, " ").replace(/\|/g, "\\|").trim(); }
  finally { isCell = false; }
}

function table(state: State, node: Node): void {
  const line = (cells: string[]): void => { state.write(`| ${cells.join(" | ")} |`); state.ensureNewLine(); };
  node.forEach((row, _offset, index) => {
    const cells: string[] = [];
    const aligns: string[] = [];
    row.forEach((one) => {
      cells.push(cell(one));
      aligns.push({ left: ":--", center: ":-:", right: "--:" }[String(one.attrs["align"])] ?? "---");
    });
    line(cells);
    if (index === 0) line(aligns);
  });
  state.closeBlock(node);
}

const serializer = new MarkdownSerializer({
  paragraph: (state, node) => { state.renderInline(node); state.closeBlock(node); },
  heading: (state, node) => { state.write(`${"#".repeat(Number(node.attrs["level"]))} `); state.renderInline(node, false); state.closeBlock(node); },
  blockquote: (state, node) => state.wrapBlock("> ", null, node, () => state.renderContent(node)),
  callout: (state, node) => state.wrapBlock("> ", null, node, () => {
    state.write(`[!${String(node.attrs["kind"]).toUpperCase()}]${node.attrs["title"] ? ` ${String(node.attrs["title"])}` : ""}`);
    state.ensureNewLine();
    state.renderContent(node);
  }),
  codeBlock: (state, node) => {
    const fence = longer(node.textContent, "`", 3);
    state.write(`${fence}${String(node.attrs["language"] ?? "")}\n`);
    state.text(node.textContent, false);
    state.write("\n");
    state.write(fence);
    state.closeBlock(node);
  },
  horizontalRule: (state, node) => { state.write("---"); state.closeBlock(node); },
  bulletList: (state, node) => list(state, node, () => "- ", "  "),
  taskList: (state, node) => list(state, node, () => "- ", "  "),
  orderedList: (state, node) => {
    const start = Number(node.attrs["start"] ?? 1);
    const width = String(start + node.childCount - 1).length + 2;
    list(state, node, (index) => `${start + index}.`.padEnd(width), " ".repeat(width));
  },
  listItem: (state, node) => state.renderContent(node),
  taskItem: (state, node) => { state.write(`[${node.attrs["checked"] ? "x" : " "}] `); state.renderContent(node); },
  table,
  image: (state, node) => state.write(`![${escaped(String(node.attrs["alt"] ?? ""), false, false).replace(/[[\]]/g, "\\$&").replace(/\\\\(?=[[\]])/g, "\\")}](${address(node.attrs["src"])}${titled(node.attrs["title"])})`),
  hardBreak: (state, node, parent, index) => {
    for (let at = index + 1; at < parent.childCount; at++) if (parent.child(at).type !== node.type) return state.write("\\\n");
  },
  text: (state, node, parent, index) => {
    const whole = (node.text ?? "").replace(/\s*\n\s*/g, " ");
    const text = index + 1 === parent.childCount && node.marks.length === 0 ? whole.trimEnd() : whole;
    if ((state as Open).inAutolink) return state.text(text, false);
    const isFirst = index === 0 ? parent.type.name !== "heading" : parent.child(index - 1).type.name === "hardBreak";
    let hasLines = false;
    parent.forEach((child) => { hasLines ||= child.type.name === "hardBreak"; });
    state.text(escaped(text, isFirst, hasLines), false);
  },
}, {
  bold: { open: "**", close: "**", mixable: true, expelEnclosingWhitespace: true },
  italic: { open: "*", close: "*", mixable: true, expelEnclosingWhitespace: true },
  strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true },
  link: {
    open: (state, mark, parent, index) => ((state as Open).inAutolink = isSelf(mark, parent, index)) ? "<" : "[",
    close: (state, mark) => {
      const wasSelf = (state as Open).inAutolink;
      (state as Open).inAutolink = undefined;
      return wasSelf ? ">" : `](${address(mark.attrs["href"])}${titled(mark.attrs["title"])})`;
    },
    mixable: true,
  },
  code: {
    open: (_state, _mark, parent, index) => ticks(parent, index, true),
    close: (_state, _mark, parent, index) => ticks(parent, index - 1, false),
    escape: false,
  },
}, { hardBreakNodeName: "hardBreak" });

/** Marks around code: more than there are within; a blank where it begins or ends with one. */
function ticks(parent: Node, index: number, isOpen: boolean): string {
  const text = index >= 0 && index < parent.childCount ? (parent.child(index).text ?? "") : "";
  const marks = longer(text, "`", 1);
  const isApart = /^`|`$|^ .* $/.test(text);
  return isOpen ? `${marks}${isApart ? " " : ""}` : `${isApart ? " " : ""}${marks}`;
}

/** The Markdown of a document. */
export function markdown(doc: Node): string {
  return serializer.serialize(doc).trim();
}
