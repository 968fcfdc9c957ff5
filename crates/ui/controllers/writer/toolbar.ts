// The toolbar of the rich editor (ARIA APG toolbar): one stop of Tab, arrows within, pressed where the cursor is.
import type { ChainedCommands, Editor } from "@tiptap/core";
import type { Kind } from "./from-html";

type Act = (chain: ChainedCommands) => ChainedCommands;
const ACTS: Record<string, { run: Act; isOn?: (editor: Editor) => boolean; can?: Act }> = {
  bold: { run: (chain) => chain.toggleBold(), isOn: (editor) => editor.isActive("bold") },
  italic: { run: (chain) => chain.toggleItalic(), isOn: (editor) => editor.isActive("italic") },
  strike: { run: (chain) => chain.toggleStrike(), isOn: (editor) => editor.isActive("strike") },
  code: { run: (chain) => chain.toggleCode(), isOn: (editor) => editor.isActive("code") },
  bullets: { run: (chain) => chain.toggleBulletList(), isOn: (editor) => editor.isActive("bulletList") },
  numbers: { run: (chain) => chain.toggleOrderedList(), isOn: (editor) => editor.isActive("orderedList") },
  tasks: { run: (chain) => chain.toggleTaskList(), isOn: (editor) => editor.isActive("taskList") },
  quote: { run: (chain) => chain.toggleBlockquote(), isOn: (editor) => editor.isActive("blockquote") },
  block: { run: (chain) => chain.toggleCodeBlock(), isOn: (editor) => editor.isActive("codeBlock") },
  table: { run: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }), can: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }) },
  rule: { run: (chain) => chain.setHorizontalRule() },
  undo: { run: (chain) => chain.undo(), can: (chain) => chain.undo() },
  redo: { run: (chain) => chain.redo(), can: (chain) => chain.redo() },
  "row-add": { run: (chain) => chain.addRowAfter() },
  "row-delete": { run: (chain) => chain.deleteRow() },
  "column-add": { run: (chain) => chain.addColumnAfter() },
  "column-delete": { run: (chain) => chain.deleteColumn() },
  "table-delete": { run: (chain) => chain.deleteTable() },
};

export class Toolbar {
  private readonly events: [string, (event: Event) => void][] = [
    ["click", (event) => this.pressed(event)], ["change", (event) => this.chosen(event)], ["keydown", (event) => this.moved(event as KeyboardEvent)], ["focusin", (event) => this.stop(event.target)],
  ];

  constructor(private readonly bar: HTMLElement, private readonly editor: () => Editor | null) {
    for (const [name, act] of this.events) bar.addEventListener(name, act);
    this.stop(this.items[0] ?? null);
  }

  destroy(): void { for (const [name, act] of this.events) this.bar.removeEventListener(name, act); }

  /** Says what the cursor stands in. */
  show(): void {
    const editor = this.editor();
    if (!editor || editor.isDestroyed) return;
    for (const button of this.bar.querySelectorAll<HTMLButtonElement>("[data-act]")) {
      const act = ACTS[button.dataset["act"] ?? ""];
      if (act?.isOn) button.ariaPressed = String(act.isOn(editor));
      // stays in the order of Tab and says that it does nothing now
      if (act?.can) button.ariaDisabled = String(!act.can(editor.can().chain()).run());
    }
    this.set("[data-blocks]", editor.isActive("heading") ? `h${String(editor.getAttributes("heading")["level"])}` : editor.isActive("callout") ? String(editor.getAttributes("callout")["kind"]) : "text");
    this.reveal("[data-when=table]", editor.isActive("table"));
    this.reveal("[data-when=code]", editor.isActive("codeBlock"));
    this.reveal("[data-when=image]", editor.isActive("image"));
    if (editor.isActive("codeBlock")) this.set("[data-language]", String(editor.getAttributes("codeBlock")["language"] ?? ""));
    if (editor.isActive("image")) this.set("[data-alt]", String(editor.getAttributes("image")["alt"] ?? ""));
  }

  private get items(): HTMLElement[] {
    return [...this.bar.querySelectorAll<HTMLElement>("button, select, input")].filter((item) => item.checkVisibility());
  }

  private set(selector: string, value: string): void {
    const field = this.bar.querySelector<HTMLInputElement | HTMLSelectElement>(selector);
    if (field && field !== document.activeElement && field.value !== value) field.value = value;
  }

  private reveal(selector: string, isShown: boolean): void {
    for (const part of this.bar.querySelectorAll<HTMLElement>(selector)) part.hidden = !isShown;
  }

  private pressed(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]") : null;
    const act = ACTS[button?.dataset["act"] ?? ""];
    const editor = this.editor();
    if (act && editor && button?.ariaDisabled !== "true") act.run(editor.chain().focus()).run();
  }

  private chosen(event: Event): void {
    const [field, editor] = [event.target, this.editor()];
    if (!editor || !(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
    if (field.matches("[data-language]")) return void editor.chain().updateAttributes("codeBlock", { language: field.value.trim() || null }).focus().run();
    if (field.matches("[data-alt]")) return void editor.chain().updateAttributes("image", { alt: field.value.trim() }).focus().run();
    if (!field.matches("[data-blocks]")) return;
    const chain = editor.chain().focus();
    if (editor.isActive("callout") && !/^h\d$/.test(field.value)) {
      if (field.value === "text") chain.lift("callout").run();
      else chain.updateAttributes("callout", { kind: field.value as Kind, title: "" }).run();
    } else if (field.value === "text") chain.setParagraph().run();
    else if (/^h\d$/.test(field.value)) chain.setNode("heading", { level: Number(field.value.charAt(1)) }).run();
    else chain.wrapIn("callout", { kind: field.value }).run();
  }

  private moved(event: KeyboardEvent): void {
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || (target instanceof HTMLInputElement && !(key === "Enter"))) return;
    if (target instanceof HTMLInputElement) { event.preventDefault(); target.dispatchEvent(new Event("change", { bubbles: true })); return; }
    const items = this.items;
    const at = items.indexOf(target);
    const to = { ArrowRight: (at + 1) % items.length, ArrowLeft: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[key];
    if (to === undefined) return;
    event.preventDefault();
    items[to]?.focus();
  }

  /** Tab comes back to where one was. */
  private stop(target: EventTarget | null): void {
    if (!(target instanceof HTMLElement)) return;
    for (const item of this.bar.querySelectorAll<HTMLElement>("button, select, input")) item.tabIndex = item === target ? 0 : -1;
  }
}
