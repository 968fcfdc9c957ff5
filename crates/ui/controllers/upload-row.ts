// One file on its way: its line in the list, its words and the hidden field that names it when it has arrived.
import type { Transfer } from "./transfer";

/** 1,900,000 → "1.9 MB". */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
}

export class Row {
  isDone = false;
  isBusy = false;
  private transfer: Transfer | null = null;

  constructor(private readonly item: HTMLElement, private readonly file: File, private readonly changed: (words: string) => void) {
    this.set("[data-name]", file.name);
    this.item.querySelector("[data-remove]")?.setAttribute("aria-label", `Remove ${file.name}`);
    this.item.querySelector("[data-progress]")?.setAttribute("aria-label", `Uploading ${file.name}`);
  }

  get isPresent(): boolean { return this.item.isConnected; }

  tooLarge(limit: number): string {
    return limit > 0 && this.file.size > limit ? `${sizeWords(this.file.size)} is over the ${sizeWords(limit)} limit` : "";
  }

  async start(): Promise<void> {
    this.isBusy = true;
    delete this.item.dataset["s"];
    this.show("[data-retry]", false);
    this.show("[data-progress]", true);
    this.set("[data-words]", `0 of ${sizeWords(this.file.size)}`);
    const { Transfer } = await import("./transfer");
    this.transfer ??= new Transfer(this.file, (sent) => this.progress(sent), (key) => this.done(key), (words, mayRetry) => this.fail(words, mayRetry));
    this.transfer.start();
  }

  fail(words: string, mayRetry: boolean): void {
    this.isBusy = false;
    this.item.dataset["s"] = "bad";
    this.set("[data-words]", words);
    this.show("[data-retry]", mayRetry);
    this.show("[data-progress]", false);
    this.changed(`${this.file.name}: ${words}`);
  }

  /** Stops; what has arrived stays on the server for a while and can be resumed. */
  cancel(): void { if (this.isBusy) this.transfer?.stop(false); }
  remove(): void { this.transfer?.stop(true); }
  focus(): void { this.item.querySelector<HTMLElement>("[data-retry]:not([hidden]), [data-remove]")?.focus(); }

  private progress(sent: number): void {
    const bar = this.item.querySelector<HTMLProgressElement>("[data-progress]");
    if (bar) bar.value = this.file.size > 0 ? (100 * sent) / this.file.size : 100;
    this.set("[data-words]", `${sizeWords(sent)} of ${sizeWords(this.file.size)}`);
  }

  private done(key: string): void {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "fileId", value: key });
    this.item.append(field);
    this.isBusy = false;
    this.isDone = true;
    this.show("[data-progress]", false);
    this.set("[data-words]", `${sizeWords(this.file.size)}, uploaded`);
    this.changed(`${this.file.name} uploaded`);
  }

  private set(selector: string, words: string): void {
    const element = this.item.querySelector(selector);
    if (element) element.textContent = words;
  }

  private show(selector: string, isShown: boolean): void {
    const element = this.item.querySelector<HTMLElement>(selector);
    if (element) element.hidden = !isShown;
  }
}
