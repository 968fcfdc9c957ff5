// The bar below the list: how many rows are ticked, all that match, none. Ticks outlive the list's being drawn again.
import { Controller } from "@hotwired/stimulus";
import { soon } from "./dom";

export default class extends Controller<HTMLFormElement> {
  static override targets = ["count", "all"];
  declare readonly countTarget: HTMLElement;
  declare readonly allTarget: HTMLInputElement;
  private readonly picked = new Set<string>();
  private readonly again = soon(() => this.restore(), 0);

  override connect(): void {
    document.addEventListener("change", this.changed);
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("turbo:morph-element", this.again);
    for (const box of this.boxes) if (box.checked) this.picked.add(box.value);
    this.count();
  }

  override disconnect(): void {
    this.again.cancel();
    document.removeEventListener("change", this.changed);
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("turbo:morph-element", this.again);
  }

  count(): void {
    const all = this.allTarget.checked;
    this.element.dataset["count"] = String(all ? "all" : this.picked.size);
    this.countTarget.textContent = all ? "All selected" : `${this.picked.size} selected`;
  }

  clear(): void {
    const had = document.activeElement;
    this.picked.clear();
    this.allTarget.checked = false;
    this.restore();
    if (had instanceof HTMLElement && this.element.contains(had)) document.querySelector<HTMLElement>("[data-row]")?.focus();
  }

  private get boxes(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>("input.pick")];
  }

  private readonly changed = (event: Event): void => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.matches("input.pick")) return;
    if (box.checked) this.picked.add(box.value);
    else this.picked.delete(box.value);
    this.count();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.defaultPrevented && this.picked.size > 0 && !document.querySelector("dialog[open], [popover]:popover-open:not(.side)") && !document.activeElement?.matches("textarea, select, input:not(.pick)")) this.clear();
  };

  /** The boxes as they were ticked; a row that is gone is ticked no more. */
  private restore(): void {
    const shown = new Set<string>();
    for (const box of this.boxes) { box.checked = this.picked.has(box.value); shown.add(box.value); }
    for (const id of [...this.picked]) if (!shown.has(id)) this.picked.delete(id);
    this.count();
  }
}
