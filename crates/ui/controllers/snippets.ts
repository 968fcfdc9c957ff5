// Snippets and macros in the box one writes in: `/` finds by name, a snippet goes in, a macro shows first what it changes.
import { Finder } from "./finder";
import { type Applied, ask, type Found, find, isMacro } from "./snippets-api";
import { show } from "./snippets-preview";

export default class extends Finder<Found> {
  static override targets = ["finder", "preview"];
  declare readonly finderTarget: HTMLElement;
  declare readonly previewTarget: HTMLElement;
  private chosen: { id: string; what: Applied } | null = null;

  override connect(): void {
    super.connect();
    this.box?.addEventListener("keydown", this.slash);
  }

  override disconnect(): void {
    super.disconnect();
    this.box?.removeEventListener("keydown", this.slash);
  }

  again(): void {
    this.look();
    this.inputTarget.focus();
  }

  /** Applies the macro that is shown: the text here, the changes by a form of the page, which brings the undo. */
  use(): void {
    const chosen = this.chosen;
    if (!chosen) return;
    this.done();
    this.fill(chosen.what);
    const form = Object.assign(document.createElement("form"), { method: "post", action: `/desk/tickets/${this.ticketValue}/macros/${chosen.id}`, hidden: true });
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "filled", value: "true" }));
    (document.getElementById("ticket") ?? document.body).append(form);
    form.requestSubmit();
  }

  /** A slash at the beginning of a word, and nothing else, opens it. */
  private readonly slash = (event: KeyboardEvent): void => {
    const box = this.box;
    if (!box || event.key !== "/" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (box.selectionStart !== box.selectionEnd || !/(^|\s)$/.test(box.value.slice(0, box.selectionStart))) return;
    event.preventDefault();
    this.open("/");
  };

  protected override open(opener: string | null, at?: [number, number]): void {
    this.look();
    super.open(opener, at);
  }

  protected find(words: string, signal: AbortSignal): Promise<Found[]> { return find(words, signal); }

  protected shown(row: Found): { name: string; mark: string; look: string } {
    return { name: row.name, mark: row.trouble ? "Out of date" : isMacro(row) ? "Macro" : "Snippet", look: "fg-3 t-xs" };
  }

  protected pick(row: Found): void { void this.apply(row); }

  /** A snippet goes in at once; a macro shows what it does first. */
  private async apply(row: Found): Promise<void> {
    const isPlain = !isMacro(row) && !row.trouble;
    const what = await ask(this.ticketValue, row.id, isPlain ? "POST" : "GET");
    if (!what) { this.tell("That did not work. Try again."); return; }
    if (isPlain) {
      this.done();
      this.fill({ ...what, text: what.text ?? "" });
      return;
    }
    this.chosen = { id: row.id, what };
    this.finderTarget.hidden = true;
    show(this.previewTarget, what);
  }

  /** The list, without a macro that was shown. */
  private look(): void {
    this.chosen = null;
    this.previewTarget.hidden = true;
    this.finderTarget.hidden = false;
  }

  private fill({ text, isNote }: Applied): void {
    if (text === null) return;
    if (isNote !== null) this.element.closest("form")?.querySelector<HTMLInputElement>(`[name=kind][value=${isNote ? "note" : "reply"}]`)?.click();
    this.put(text);
  }
}
