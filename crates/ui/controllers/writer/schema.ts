// What the rich editor knows: GitHub-flavoured Markdown and callouts. Nothing that Markdown can't say.
import { mergeAttributes, Node } from "@tiptap/core";
import Heading from "@tiptap/extension-heading";
import Image from "@tiptap/extension-image";
import { BulletList, OrderedList, TaskItem, TaskList } from "@tiptap/extension-list";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import StarterKit from "@tiptap/starter-kit";
import { KINDS, type Kind } from "./from-html";

/** Headings stand below the title of the page: `##` is drawn as h3. */
const Headings = Heading.extend({
  addAttributes() {
    return { level: { default: 2, rendered: false, parseHTML: (element: HTMLElement) => Math.min(4, Number(element.dataset["level"] ?? element.tagName.charAt(1))) } };
  },
  parseHTML() {
    return [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}` }));
  },
  renderHTML({ node, HTMLAttributes }) {
    const level = Number(node.attrs["level"]);
    return [`h${Math.min(6, level + 1)}`, mergeAttributes(HTMLAttributes, { "data-level": level }), 0];
  },
}).configure({ levels: [1, 2, 3, 4] });

/** A list whose items are not parted by blank lines. */
const tight = { tight: { default: true, rendered: false, parseHTML: (element: HTMLElement) => !element.querySelector(":scope > li > p") } };
const Bullets = BulletList.extend({ addAttributes() { return { ...this.parent?.(), ...tight }; } });
const Numbers = OrderedList.extend({ addAttributes() { return { ...this.parent?.(), ...tight }; } });
const Tasks = TaskList.extend({ addAttributes() { return { ...this.parent?.(), ...tight }; } });

/** GFM cells hold one line. */
const Cell = TableCell.extend({ content: "paragraph" });
const Head = TableHeader.extend({ content: "paragraph" });

export const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes() {
    return {
      kind: { default: "note", rendered: false, parseHTML: (element) => element.dataset["callout"] ?? "note" },
      title: { default: "", rendered: false, parseHTML: (element) => element.dataset["title"] ?? "" },
    };
  },
  parseHTML() {
    return [{ tag: "div[data-callout]", contentElement: (element) => element.querySelector<HTMLElement>(":scope > [data-inner]") ?? element }];
  },
  renderHTML({ node }) {
    const kind = node.attrs["kind"] as Kind;
    const colour = { note: "info", tip: "good", important: "accent", warning: "warn", caution: "bad" }[kind] ?? "info";
    const title = String(node.attrs["title"]);
    return ["div", { class: "callout", "data-s": colour, "data-callout": kind, "data-title": title },
      ["p", { class: "callout-title", contenteditable: "false" }, title || KINDS[kind] || KINDS.note], ["div", { "data-inner": "" }, 0]];
  },
});

export const extensions = [
  StarterKit.configure({
    heading: false, bulletList: false, orderedList: false, underline: false,
    link: { openOnClick: false, autolink: true, defaultProtocol: "https", protocols: ["mailto"], HTMLAttributes: { rel: null, target: null } },
    codeBlock: { exitOnTripleEnter: true, HTMLAttributes: { spellcheck: "false" } },
    undoRedo: { depth: 300 },
  }),
  Headings, Bullets, Numbers, Tasks, TaskItem.configure({ nested: true, a11y: { checkboxLabel: (node) => `Done: ${node.textContent}` } }),
  Table.configure({ resizable: false }), TableRow, Cell, Head, Callout, Image.configure({ inline: true }),
];
