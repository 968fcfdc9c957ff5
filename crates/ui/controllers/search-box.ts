// A search box that shows the best while somebody types: a combobox over a listbox (ARIA APG). Without it the form is sent as ever.
import { Controller } from "@hotwired/stimulus";
import { later } from "./dom";

type Item = { title: string; href: string; hint: string };
type Answer = { items: Item[]; all: string; total: number };

const PAUSE_MS = 80;
const SHORTEST = 2;
let boxes = 0;

export default class extends Controller<HTMLFormElement> {
  static override targets = ["input"];
  declare readonly inputTarget: HTMLInputElement;
  private list: HTMLElement | null = null;
  private asked: AbortController | null = null;
  private readonly ask = later(() => void this.search(), PAUSE_MS);

  override connect(): void {
    this.list = Object.assign(document.createElement("div"), { id: `search-box-${++boxes}`, className: "menu search-menu", hidden: true });
    this.list.role = "listbox";
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.addEventListener("pointerdown", this.pressed);
    this.element.append(this.list);
    this.inputTarget.role = "combobox";
    this.inputTarget.setAttribute("aria-controls", this.list.id);
    this.inputTarget.setAttribute("aria-autocomplete", "list");
    this.inputTarget.ariaExpanded = "false";
  }

  override disconnect(): void {
    this.ask.cancel();
    this.asked?.abort();
    this.list?.remove();
    this.list = null;
  }

  typed(): void {
    if (this.inputTarget.value.trim().length < SHORTEST) this.close();
    else this.ask();
  }

  left(): void { this.close(); }

  moved(event: KeyboardEvent): void {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.ariaSelected === "true");
    if (event.key === "Escape" && this.isOpen) { event.preventDefault(); event.stopPropagation(); this.close(); }
    if (event.key === "ArrowDown" && this.isOpen) { event.preventDefault(); this.select(at + 1 >= rows.length ? -1 : at + 1); }
    if (event.key === "ArrowUp" && this.isOpen) { event.preventDefault(); this.select(at === -1 ? rows.length - 1 : at - 1); }
    const chosen = rows[at];
    if (event.key === "Enter" && !event.isComposing && chosen instanceof HTMLAnchorElement) { event.preventDefault(); chosen.click(); }
  }

  private get rows(): HTMLElement[] { return [...(this.list?.querySelectorAll<HTMLElement>("[role=option]") ?? [])]; }
  private get isOpen(): boolean { return this.list?.hidden === false; }

  /** The field keeps the focus until the link is followed. */
  private readonly pressed = (event: Event): void => { event.preventDefault(); };

  private close(): void {
    this.ask.cancel();
    this.asked?.abort();
    if (this.list) this.list.hidden = true;
    this.inputTarget.ariaExpanded = "false";
    this.inputTarget.removeAttribute("aria-activedescendant");
  }

  private select(index: number): void {
    this.rows.forEach((row, at) => { row.ariaSelected = String(at === index); });
    const row = this.rows[index];
    if (row) this.inputTarget.setAttribute("aria-activedescendant", row.id);
    else this.inputTarget.removeAttribute("aria-activedescendant");
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(`/search/suggestions?${new URLSearchParams({ q: this.inputTarget.value })}`, { headers: { Accept: "application/json" }, signal: this.asked.signal });
      if (answer.ok) this.draw((await answer.json()) as Answer);
    } catch { /* Another letter came, or there is no network. */ }
  }

  private draw({ items, all, total }: Answer): void {
    if (!this.list || document.activeElement !== this.inputTarget) return;
    // a row that was reached by keys stays so when a late answer has it too
    const chosen = this.rows.find((row) => row.ariaSelected === "true")?.getAttribute("href");
    const rows = items.map(({ title, href, hint }) => this.row(title, href, hint));
    if (total > items.length) rows.push(this.row(`Show all ${total} results`, all, ""));
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
    this.inputTarget.ariaExpanded = String(rows.length > 0);
    this.select(rows.findIndex((row) => row.getAttribute("href") === chosen));
  }

  private row(title: string, href: string, hint: string): HTMLElement {
    const row = Object.assign(document.createElement("a"), { id: `${this.list?.id}-${this.rows.length}-${href}`, href, tabIndex: -1 });
    row.role = "option";
    row.append(Object.assign(document.createElement("span"), { className: "grow truncate", textContent: title }));
    if (hint !== "") row.append(Object.assign(document.createElement("small"), { className: "fg-3", textContent: hint }));
    return row;
  }
}
