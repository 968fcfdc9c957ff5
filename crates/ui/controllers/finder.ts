// A dialog that finds something by name for the box one writes in (a combobox over a listbox, ARIA APG). What is chosen goes in where
// the cursor is.
import { Controller } from "@hotwired/stimulus";
import { later } from "./dom";

/** Who waits longer sees where the rows will stand. */
const PATIENCE_MS = 150;

export abstract class Finder<Row> extends Controller<HTMLElement> {
  static override targets = ["dialog", "input", "list", "status"];
  static override values = { ticket: String };
  declare readonly dialogTarget: HTMLDialogElement;
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare readonly statusTarget: HTMLElement;
  declare readonly ticketValue: string;
  private found: Row[] = [];
  /** Where the text goes: a dialog that closes gives the focus back before it gives back the cursor. */
  private at: [number, number] = [0, 0];
  /** What was typed to open it. */
  private opener: string | null = null;
  private asked: AbortController | null = null;
  /** The list is of older words than those in the field; Enter waits for the new one. */
  private isAsking = false;
  private isEntered = false;
  private hasFailed = false;
  private readonly ask = later(() => void this.search(), 100);
  private readonly wait = later(() => { this.draft(); }, PATIENCE_MS);

  /** What fits these words; throws if there is no answer. */
  protected abstract find(words: string, signal: AbortSignal): Promise<Row[]>;
  /** Its name, and a mark at the end of its row. */
  protected abstract shown(row: Row): { name: string; mark: string | null; look: string };
  protected abstract pick(row: Row): void;

  override connect(): void {
    // nothing here changes by itself, and a dialog that is open must not be drawn anew
    this.element.closest("turbo-frame")?.removeAttribute("data-live-frame");
  }

  override disconnect(): void { this.stop(); }

  show(): void { this.open(null); }

  typed(): void {
    this.isAsking = true;
    this.isEntered = false;
    this.ask();
  }

  moved(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); this.enter(); }
    const last = this.found.length - 1;
    const to = { ArrowDown: this.selected >= last ? 0 : this.selected + 1, ArrowUp: this.selected <= 0 ? last : this.selected - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); this.select(to); }
  }

  picked(event: MouseEvent): void {
    const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
    const row = option && this.found[[...this.options].indexOf(option)];
    if (row) this.pick(row);
  }

  /** Left without a choice: what was typed goes where it was meant to go, what opened it too. A button that opened it has the focus again. */
  closed(): void {
    this.stop();
    if (this.opener !== null) this.put(this.opener + this.inputTarget.value);
    this.opener = null;
  }

  protected get box(): HTMLTextAreaElement | null { return this.element.closest("form")?.querySelector("textarea[name=content]") ?? null; }

  /** Opens it. `opener`: what was typed for that, which stands in the box from `at` on if it stands there. */
  protected open(opener: string | null, at?: [number, number]): void {
    this.opener = opener;
    this.at = at ?? [this.box?.selectionStart ?? 0, this.box?.selectionEnd ?? 0];
    this.inputTarget.value = "";
    this.found = [];
    this.listTarget.replaceChildren();
    this.tell("");
    this.dialogTarget.showModal();
    this.inputTarget.focus();
    void this.search();
  }

  /** Ends with a choice. */
  protected done(): void {
    this.opener = null;
    this.dialogTarget.close();
  }

  protected put(text: string): void {
    const box = this.box;
    if (!box) return;
    box.setRangeText(text, ...this.at, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  /** Says something aloud, and below the list unless the list says it. */
  protected tell(words: string, isSeen = words !== ""): void {
    this.statusTarget.textContent = words;
    this.statusTarget.classList.toggle("vh", !isSeen);
  }

  private get options(): NodeListOf<HTMLElement> { return this.listTarget.querySelectorAll<HTMLElement>("[role=option]"); }
  private get selected(): number { return [...this.options].findIndex((row) => row.ariaSelected === "true"); }

  private enter(): void {
    const row = this.found[this.selected];
    if (this.isAsking) this.isEntered = true;
    else if (row) this.pick(row);
    else if (this.hasFailed) void this.search();
    else if (this.opener !== null) this.dialogTarget.close();
  }

  private stop(): void {
    this.asked?.abort();
    this.ask.cancel();
    this.wait.cancel();
    this.isAsking = this.isEntered = false;
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    const asked = this.asked = new AbortController();
    this.isAsking = true;
    this.wait();
    try { this.draw(await this.find(this.inputTarget.value.trim(), asked.signal)); }
    catch { if (!asked.signal.aborted) this.draw(null); }
  }

  /** What is there while nothing has come yet. */
  private draft(): void {
    if (this.listTarget.childElementCount > 0) return;
    this.tell("Loading", false);
    this.listTarget.ariaBusy = "true";
    this.listTarget.replaceChildren(...["", "w3", "w2"].map((width) => Object.assign(document.createElement("div"), { className: `skeleton ${width}` })));
  }

  /** `null`: no answer came. */
  private draw(found: Row[] | null): void {
    this.wait.cancel();
    this.isAsking = false;
    this.hasFailed = found === null;
    this.found = found ?? [];
    this.listTarget.ariaBusy = null;
    this.listTarget.replaceChildren(...this.found.map((row, index) => {
      const { name, mark, look } = this.shown(row);
      const option = Object.assign(document.createElement("div"), { id: `${this.identifier}-${index}`, role: "option" });
      option.append(Object.assign(document.createElement("span"), { className: "truncate", textContent: name }));
      if (mark !== null) option.append(Object.assign(document.createElement("span"), { className: `end ${look}`, textContent: mark }));
      return option;
    }));
    if (this.hasFailed) this.tell("No answer came. Press Enter to try again.");
    else if (this.found.length > 0) this.tell(`${this.found.length} found`, false);
    else this.tell(this.opener === null ? "Nothing found." : `Nothing found. Enter puts “${this.opener}${this.inputTarget.value}” into the text.`);
    this.select(0);
    const first = this.found[0];
    if (this.isEntered && first) this.pick(first);
    this.isEntered = false;
  }

  private select(index: number): void {
    const row = this.options[index];
    for (const other of this.options) other.ariaSelected = String(other === row);
    if (row) this.inputTarget.setAttribute("aria-activedescendant", row.id);
    else this.inputTarget.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }
}
