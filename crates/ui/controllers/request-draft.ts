// Keeps a customer's form in this tab while it is filled in, so that no reload and no lost line costs a word.
import { Controller } from "@hotwired/stimulus";
import { clockTime, later } from "./dom";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export default class extends Controller<HTMLElement> {
  static override targets = ["status"];
  static override values = { key: String, done: Boolean };
  declare readonly statusTargets: HTMLElement[];
  declare readonly keyValue: string;
  declare readonly doneValue: boolean;
  private readonly save = later(() => this.keep(), 500);

  override connect(): void {
    if (this.doneValue) return sessionStorage.removeItem("draft:/requests/new");
    this.restore();
    this.element.addEventListener("input", this.save);
    this.element.addEventListener("turbo:submit-end", this.sent);
  }

  override disconnect(): void {
    this.save.cancel();
    this.element.removeEventListener("input", this.save);
    this.element.removeEventListener("turbo:submit-end", this.sent);
  }

  private get key(): string {
    return `draft:${this.keyValue || "/requests/new"}`;
  }

  private get fields(): Field[] {
    return [...this.element.querySelectorAll<Field>("input:not([type=hidden], [type=file], [type=password], [type=radio]), textarea, select, input[type=radio]:checked")];
  }

  private keep(): void {
    const kept = Object.fromEntries(this.fields.filter((field) => field.name).map((field) => [field.name, field.value]));
    sessionStorage.setItem(this.key, JSON.stringify(kept));
    for (const status of this.statusTargets) status.textContent = `Draft saved ${clockTime()}`;
  }

  /** What the server sent wins; only what is empty is filled in again. */
  private restore(): void {
    const kept: unknown = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    if (typeof kept !== "object" || kept === null || this.element.querySelector(".error-summary")) return;
    for (const [name, value] of Object.entries(kept)) {
      if (typeof value !== "string" || value === "") continue;
      for (const field of this.element.querySelectorAll<Field>(`[name="${CSS.escape(name)}"]`)) fill(field, value);
    }
  }

  private readonly sent = (event: Event): void => {
    if (!(event as CustomEvent<{ success: boolean }>).detail.success) return;
    this.save.cancel();
    sessionStorage.removeItem(this.key);
  };
}

function fill(field: Field, value: string): void {
  if (field instanceof HTMLInputElement && field.type === "radio") field.checked ||= field.value === value && !field.form?.querySelector(`[name="${CSS.escape(field.name)}"]:checked`);
  else if (field instanceof HTMLSelectElement) field.value = value;
  else if (field.type !== "hidden" && field.type !== "file" && field.value === "") field.value = value;
}
