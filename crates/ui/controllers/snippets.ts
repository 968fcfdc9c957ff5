// Snippets and macros in the box one writes in: `/` finds by name (a combobox over a listbox, ARIA APG), a snippet goes in
// where the cursor is, a macro shows first what it changes.
import { Controller } from "@hotwired/stimulus";
import { later } from "./dom";

import { type Applied, ask, type Found, find, isMacro } from "./snippets-api";
import { show } from "./snippets-preview";

export default class extends Controller<HTMLElement> {
  static override targets = ["dialog", "finder", "input", "list", "nothing", "status", "preview"];
  static override values = { ticket: String };
  declare readonly dialogTarget: HTMLDialogElement;
  declare readonly finderTarget: HTMLElement;
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare readonly nothingTarget: HTMLElement;
  declare readonly statusTarget: HTMLElement;
  declare readonly previewTarget: HTMLElement;
  declare readonly ticketValue: string;
  private found: Found[] = [];
  private chosen: { id: string; what: Applied } | null = null;
  private typedSlash = false;
  /** Where the text goes: a dialog that closes gives the focus back before it gives back the cursor. */
  private at: [number, number] = [0, 0];
  private asked: AbortController | null = null;
  private readonly ask = later(() => void this.search(), 100);

  override connect(): void {
    // nothing here changes by itself, and a dialog that is open must not be drawn anew
    this.element.closest("turbo-frame")?.removeAttribute("data-live-frame");
    this.box?.addEventListener("keydown", this.slash);
  }

  override disconnect(): void {
    this.ask.cancel();
    this.asked?.abort();
    this.box?.removeEventListener("keydown", this.slash);
  }

  show(): void {
    this.typedSlash = false;
    this.open();
  }

  typed(): void { this.ask(); }

  moved(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const row = this.found[this.selected];
      if (row) void this.pick(row);
      else this.dialogTarget.close();
    }
    const last = this.found.length - 1;
    const to = { ArrowDown: this.selected >= last ? 0 : this.selected + 1, ArrowUp: this.selected <= 0 ? last : this.selected - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); this.select(to); }
  }

  picked(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    const found = row && this.found[[...this.options].indexOf(row as HTMLElement)];
    if (found) void this.pick(found);
  }

  again(): void {
    this.chosen = null;
    this.previewTarget.hidden = true;
    this.finderTarget.hidden = false;
    this.inputTarget.focus();
  }

  /** Applies the macro that is shown: the text here, the changes by a form of the page, which brings the undo. */
  use(): void {
    const chosen = this.chosen;
    if (!chosen) return;
    this.typedSlash = false;
    this.dialogTarget.close();
    if (chosen.what.text !== null) this.put(chosen.what.text, chosen.what.isNote);
    const form = Object.assign(document.createElement("form"), { method: "post", action: `/desk/tickets/${this.ticketValue}/macros/${chosen.id}`, hidden: true });
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "filled", value: "true" }));
    (document.getElementById("ticket") ?? document.body).append(form);
    form.requestSubmit();
  }

  /** Left without a choice: what was typed goes where it was meant to go, the slash too. */
  closed(): void {
    this.asked?.abort();
    this.ask.cancel();
    if (this.typedSlash) this.put(`/${this.inputTarget.value}`, null);
    this.typedSlash = false;
    this.box?.focus();
  }

  private get box(): HTMLTextAreaElement | null { return this.element.closest("form")?.querySelector("textarea[name=content]") ?? null; }
  private get options(): NodeListOf<HTMLElement> { return this.listTarget.querySelectorAll<HTMLElement>("[role=option]"); }
  private get selected(): number { return [...this.options].findIndex((row) => row.ariaSelected === "true"); }

  /** A slash at the beginning of a word, and nothing else, opens it. */
  private readonly slash = (event: KeyboardEvent): void => {
    const box = this.box;
    if (!box || event.key !== "/" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (box.selectionStart !== box.selectionEnd || !/(^|\s)$/.test(box.value.slice(0, box.selectionStart))) return;
    event.preventDefault();
    this.typedSlash = true;
    this.open();
  };

  private open(): void {
    const box = this.box;
    this.at = [box?.selectionStart ?? 0, box?.selectionEnd ?? 0];
    this.chosen = null;
    this.inputTarget.value = "";
    this.previewTarget.hidden = true;
    this.finderTarget.hidden = false;
    this.dialogTarget.showModal();
    this.inputTarget.focus();
    void this.search();
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    try { this.draw(await find(this.inputTarget.value.trim(), this.asked.signal)); }
    catch { /* Asked anew meanwhile, or no line: the list stays as it is. */ }
  }

  private draw(found: Found[]): void {
    this.found = found;
    this.listTarget.replaceChildren(...found.map((row, index) => {
      const option = document.createElement("div");
      option.id = `snippet-${index}`;
      option.role = "option";
      option.append(Object.assign(document.createElement("span"), { className: "truncate", textContent: row.name }));
      option.append(Object.assign(document.createElement("span"), { className: "end fg-3 t-xs", textContent: row.trouble ? "Out of date" : isMacro(row) ? "Macro" : "Snippet" }));
      return option;
    }));
    this.nothingTarget.hidden = found.length > 0;
    this.statusTarget.textContent = found.length === 0 ? "Nothing found" : `${found.length} found`;
    this.select(0);
  }

  private select(index: number): void {
    const row = this.options[index];
    for (const other of this.options) other.ariaSelected = String(other === row);
    if (row) this.inputTarget.setAttribute("aria-activedescendant", row.id);
    else this.inputTarget.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  /** A snippet goes in at once; a macro shows what it does first. */
  private async pick(row: Found): Promise<void> {
    const isPlain = !isMacro(row) && !row.trouble;
    const what = await ask(this.ticketValue, row.id, isPlain ? "POST" : "GET");
    if (!what) { this.statusTarget.textContent = "That did not work. Try again."; return; }
    if (!isPlain) return this.preview(row.id, what);
    this.typedSlash = false;
    this.dialogTarget.close();
    this.put(what.text ?? "", what.isNote);
  }

  private preview(id: string, what: Applied): void {
    this.chosen = { id, what };
    this.finderTarget.hidden = true;
    show(this.previewTarget, what);
  }

  private put(text: string, isNote: boolean | null): void {
    const box = this.box;
    if (!box) return;
    if (isNote !== null) this.element.closest("form")?.querySelector<HTMLInputElement>(`[name=kind][value=${isNote ? "note" : "reply"}]`)?.click();
    box.setRangeText(text, ...this.at, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }
}

