// Shows a field of a form only while its condition is met. What is hidden is switched off, so it is not sent either.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller<HTMLFormElement> {
  static override targets = ["field"];
  declare readonly fieldTargets: HTMLElement[];

  override connect(): void {
    this.element.addEventListener("input", this.settle);
    // A form that comes back refused is drawn over this one, with every field shown.
    document.addEventListener("turbo:render", this.settle);
    this.settle();
    // A draft that is put back after this says nothing of it.
    requestAnimationFrame(this.settle);
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.settle);
    document.removeEventListener("turbo:render", this.settle);
  }

  /** Until nothing moves any more: a field may hang on one that hangs on another. */
  private readonly settle = (): void => {
    for (let round = 0; round <= this.fieldTargets.length; round += 1) {
      if (!this.fieldTargets.map((field) => this.turn(field)).includes(true)) return;
    }
  };

  /** Shows or hides one; true when that was a change. Without values that it waits for, any will do. */
  private turn(field: HTMLElement): boolean {
    const on = field.dataset["on"];
    if (!on) return false;
    const wanted: unknown = JSON.parse(field.dataset["is"] ?? "null");
    const shows = this.values(on).some((value) => (Array.isArray(wanted) ? wanted.includes(value) : value !== ""));
    if (shows !== field.hidden) return false;
    field.hidden = !shows;
    for (const input of field.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("input, select, textarea")) input.disabled = !shows;
    return true;
  }

  /** What the form would send by this name; of a checkbox, which sends `false` before its `true`, the last. */
  private values(name: string): FormDataEntryValue[] {
    const values = new FormData(this.element).getAll(name);
    return values[0] === "false" ? values.slice(-1) : values;
  }
}
