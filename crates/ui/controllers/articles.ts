// Articles in the box one writes in: `[[` finds by title (a combobox over a listbox, ARIA APG), what is chosen goes in as a link
// where the cursor is.
import { Controller } from "@hotwired/stimulus";
import { later } from "./dom";

interface Offer { title: string; markdown: string; visibility: string; isForRequester: boolean }
const WHO: Record<string, string> = { SIGNED_IN: "Signed-in people", ORGANIZATIONS: "Some organizations", STAFF: "Staff only", TEAMS: "Some teams" };

export default class extends Controller<HTMLElement> {
  static override targets = ["dialog", "input", "list", "nothing", "status"];
  static override values = { ticket: String };
  declare readonly dialogTarget: HTMLDialogElement;
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare readonly nothingTarget: HTMLElement;
  declare readonly statusTarget: HTMLElement;
  declare readonly ticketValue: string;
  private found: Offer[] = [];
  private wasTyped = false;
  /** Where the link goes: a dialog that closes gives the focus back before it gives back the cursor. */
  private at: [number, number] = [0, 0];
  private asked: AbortController | null = null;
  private readonly ask = later(() => void this.search(), 100);

  override connect(): void {
    // nothing here changes by itself, and a dialog that is open must not be drawn anew
    this.element.closest("turbo-frame")?.removeAttribute("data-live-frame");
    this.box?.addEventListener("input", this.brackets);
  }

  override disconnect(): void {
    this.ask.cancel();
    this.asked?.abort();
    this.box?.removeEventListener("input", this.brackets);
  }

  show(): void {
    const box = this.box;
    this.open([box?.selectionStart ?? 0, box?.selectionEnd ?? 0], false);
  }

  typed(): void { this.ask(); }

  moved(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const offer = this.found[this.selected];
      if (offer) this.pick(offer);
      else this.dialogTarget.close();
    }
    const last = this.found.length - 1;
    const to = { ArrowDown: this.selected >= last ? 0 : this.selected + 1, ArrowUp: this.selected <= 0 ? last : this.selected - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); this.select(to); }
  }

  picked(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
    const offer = row && this.found[[...this.options].indexOf(row)];
    if (offer) this.pick(offer);
  }

  /** Left without a choice: what was typed stays, the brackets too. */
  closed(): void {
    this.asked?.abort();
    this.ask.cancel();
    if (this.wasTyped) this.put(`[[${this.inputTarget.value}`);
    this.wasTyped = false;
    this.box?.focus();
  }

  private get box(): HTMLTextAreaElement | null { return this.element.closest("form")?.querySelector("textarea[name=content]") ?? null; }
  private get options(): NodeListOf<HTMLElement> { return this.listTarget.querySelectorAll<HTMLElement>("[role=option]"); }
  private get selected(): number { return [...this.options].findIndex((row) => row.ariaSelected === "true"); }

  /** The second bracket, typed and not pasted, opens it. */
  private readonly brackets = (event: Event): void => {
    const box = this.box;
    if (!box || !(event instanceof InputEvent) || event.isComposing || event.data !== "[" || this.dialogTarget.open) return;
    const end = box.selectionStart;
    if (box.value.slice(end - 2, end) === "[[" && box.value.at(end - 3) !== "[") this.open([end - 2, end], true);
  };

  private open(at: [number, number], wasTyped: boolean): void {
    this.at = at;
    this.wasTyped = wasTyped;
    this.inputTarget.value = "";
    this.dialogTarget.showModal();
    this.inputTarget.focus();
    void this.search();
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const words = this.inputTarget.value.trim();
    try {
      const answer = await fetch(`/api/support/tickets/${this.ticketValue}/articles?limit=20${words ? `&q=${encodeURIComponent(words)}` : ""}`, { headers: { Accept: "application/json" }, signal: this.asked.signal });
      const page: unknown = answer.ok ? await answer.json() : null;
      this.draw(offers(page));
    } catch { /* Asked anew meanwhile, or no line: the list stays as it is. */ }
  }

  private draw(found: Offer[]): void {
    this.found = found;
    this.listTarget.replaceChildren(...found.map((offer, index) => {
      const option = Object.assign(document.createElement("div"), { id: `article-${index}`, role: "option" });
      option.append(Object.assign(document.createElement("span"), { className: "truncate", textContent: offer.title }));
      if (!offer.isForRequester) option.append(Object.assign(document.createElement("span"), { className: "end tag", textContent: WHO[offer.visibility] ?? "Not for the receiver" }));
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

  private pick(offer: Offer): void {
    this.wasTyped = false;
    this.dialogTarget.close();
    this.put(offer.markdown);
  }

  private put(text: string): void {
    const box = this.box;
    if (!box) return;
    box.setRangeText(text, ...this.at, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }
}

function offers(page: unknown): Offer[] {
  const items: unknown = typeof page === "object" && page !== null && "items" in page ? page.items : [];
  return Array.isArray(items) ? items.filter((item): item is Offer => typeof item === "object" && item !== null && "title" in item && typeof item.title === "string" && "markdown" in item && typeof item.markdown === "string") : [];
}
