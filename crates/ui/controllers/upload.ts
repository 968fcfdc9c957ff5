// Files of a form: chosen, dropped or pasted, sent at once and apart, each with its progress. Without script: a file field.
import { Controller } from "@hotwired/stimulus";
import { Row } from "./upload-row";

export default class extends Controller<HTMLElement> {
  static override targets = ["input", "list", "row", "zone", "status"];
  static override values = { maxBytes: Number, maxFiles: Number };
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare readonly rowTarget: HTMLTemplateElement;
  declare readonly zoneTargets: HTMLElement[];
  declare readonly statusTarget: HTMLElement;
  declare readonly maxBytesValue: number;
  declare readonly maxFilesValue: number;
  private readonly rows = new Map<Element, Row>();
  private readonly events: [string, (event: Event) => void][] = [
    ["dragover", (event) => this.over(event as DragEvent)], ["dragleave", () => this.light(false)], ["drop", (event) => this.dropped(event as DragEvent)],
    ["paste", (event) => this.pasted(event as ClipboardEvent)], ["submit", (event) => this.wait(event)],
  ];
  private readonly chosen = (): void => { this.add([...(this.inputTarget.files ?? [])]); this.inputTarget.value = ""; };
  private afterAll: HTMLElement | null = null;
  private isWaiting = false;

  override connect(): void {
    this.inputTarget.addEventListener("change", this.chosen);
    for (const [name, act] of this.events) this.element.addEventListener(name, act, true);
  }

  override disconnect(): void {
    this.inputTarget.removeEventListener("change", this.chosen);
    for (const [name, act] of this.events) this.element.removeEventListener(name, act, true);
    for (const row of this.rows.values()) row.cancel();
  }

  pick(): void {
    this.inputTarget.click();
  }

  remove(event: Event): void {
    const item = event.currentTarget instanceof Element ? event.currentTarget.closest("li") : null;
    if (!item) return;
    this.rows.get(item)?.remove();
    this.rows.delete(item);
    item.remove();
    this.dispatch("changed");
    this.element.querySelector<HTMLElement>("textarea")?.focus();
  }

  retry(event: Event): void {
    const item = event.currentTarget instanceof Element ? event.currentTarget.closest("li") : null;
    if (item) void this.rows.get(item)?.start();
  }

  private add(files: File[]): void {
    for (const file of files) {
      const item = (this.rowTarget.content.firstElementChild as HTMLElement).cloneNode(true) as HTMLElement;
      this.listTarget.append(item);
      const row = new Row(item, file, (words) => this.changed(words));
      this.rows.set(item, row);
      const refused = this.listTarget.children.length > this.maxFilesValue ? `More than ${this.maxFilesValue} files. Remove one first.` : row.tooLarge(this.maxBytesValue);
      if (refused) row.fail(refused, false);
      else void row.start();
    }
  }

  private changed(words: string): void {
    this.statusTarget.textContent = words;
    this.dispatch("changed");
    if (!this.isWaiting || [...this.rows.values()].some((row) => row.isBusy)) return;
    this.isWaiting = false;
    if ([...this.rows.values()].every((row) => row.isDone) && this.element instanceof HTMLFormElement) this.element.requestSubmit(this.afterAll);
  }

  /** Sending waits for the files that are on their way, and stops at those that failed. */
  private wait(event: Event): void {
    const rows = [...this.rows.values()].filter((row) => row.isPresent);
    if (event.target !== this.element || rows.every((row) => row.isDone)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.isWaiting = rows.some((row) => row.isBusy);
    this.afterAll = (event as SubmitEvent).submitter;
    this.statusTarget.textContent = this.isWaiting ? "Sent as soon as the files are there" : "A file could not be sent. Resume or remove it first.";
    if (!this.isWaiting) rows.find((row) => !row.isDone)?.focus();
  }

  private over(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.light(true);
  }

  private dropped(event: DragEvent): void {
    this.light(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    this.add([...event.dataTransfer.files]);
  }

  private pasted(event: ClipboardEvent): void {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    this.add([...event.clipboardData.files]);
  }

  private light(isOver: boolean): void {
    for (const zone of this.zoneTargets) zone.classList.toggle("over", isOver);
  }
}
