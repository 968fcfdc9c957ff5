// The page on which an article is written: rich text or Markdown over one field, the preview beside it, and a draft on the server
// while one types. The field of the form is what counts; without script it is all there is.
import { Controller } from "@hotwired/stimulus";
import { clockTime, later } from "../dom";
import { answer, ask } from "./link";
import { type Picture, picturesOf, put, send } from "./pictures";
import type { Rich } from "./rich";
import { fields, keep, preview } from "./server";
import { letters } from "./source";
import { Toolbar } from "./toolbar";

const [DRAFT_MS, PREVIEW_MS, TYPING_MS] = [900, 350, 2000] as const;
const VIEW = "writer:view";

export default class extends Controller<HTMLFormElement> {
  static override targets = ["text", "rich", "bar", "marks", "view", "why", "preview", "status", "dialog", "address", "changed", "file"];
  static override values = { preview: String, draft: String, pictures: String, article: String, version: Number, place: String };
  declare readonly textTarget: HTMLTextAreaElement;
  declare readonly richTarget: HTMLElement;
  declare readonly barTarget: HTMLElement;
  declare readonly marksTarget: HTMLElement;
  declare readonly viewTargets: HTMLInputElement[];
  declare readonly whyTarget: HTMLElement;
  declare readonly previewTarget: HTMLElement;
  declare readonly statusTarget: HTMLElement;
  declare readonly dialogTarget: HTMLDialogElement;
  declare readonly addressTarget: HTMLInputElement;
  declare readonly previewValue: string;
  declare readonly draftValue: string;
  declare readonly picturesValue: string;
  declare readonly articleValue: string;
  declare readonly placeValue: string;
  declare readonly versionValue: number;
  declare readonly changedTarget: HTMLElement;
  declare readonly fileTarget: HTMLInputElement;
  private rich: Rich | null = null;
  private wanted: "rich" | "markdown" = "rich";
  private toolbar: Toolbar | null = null;
  private asked: AbortController | null = null;
  /** The text as it was when rich text began, and how rich text writes it: what nobody changed stays as it was written. */
  private begun = { source: "", written: "" };
  private kept = "";
  private typedAt = 0;
  private readonly keepSoon = later(() => void this.keep(), DRAFT_MS);
  private readonly showSoon = later(() => void this.show(), PREVIEW_MS);
  private readonly fillSoon = later(() => this.fill(), 150);
  private readonly watch = new MutationObserver(() => this.compare());

  override connect(): void {
    this.kept = JSON.stringify(fields(this.element));
    this.toolbar = new Toolbar(this.barTarget, () => this.rich?.editor ?? null);
    void import("@github/markdown-toolbar-element");
    void this.show();
    void this.switch(localStorage.getItem(VIEW) === "markdown" ? "markdown" : "rich", false);
    this.watch.observe(this.changedTarget, { attributes: true, subtree: true, childList: true });
    this.element.addEventListener("submit", this.sending);
    document.addEventListener("submit", this.discarding, true);
    window.addEventListener("pagehide", this.leaving);
  }

  override disconnect(): void {
    this.leaving();
    this.watch.disconnect();
    this.element.removeEventListener("submit", this.sending);
    document.removeEventListener("submit", this.discarding, true);
    window.removeEventListener("pagehide", this.leaving);
    for (const soon of [this.keepSoon, this.showSoon, this.fillSoon]) soon.cancel();
    this.asked?.abort();
    this.toolbar?.destroy();
    this.rich?.destroy();
    this.rich = null;
  }

  /** Any field of the form changed. */
  changed(): void {
    this.keepSoon();
    this.showSoon();
    if (!this.articleValue || Date.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = Date.now();
    this.dispatch("typing", { prefix: "composer", detail: { typing: this.articleValue, as: "reply" } });
  }

  choose(event: Event): void {
    const to = (event.currentTarget as HTMLInputElement).value === "rich" ? "rich" : "markdown";
    localStorage.setItem(VIEW, to);
    void this.switch(to, true);
  }

  /** Somebody else saved: said at once, before more is written on top of what is not there any more. */
  private compare(): void {
    const now = this.changedTarget.querySelector<HTMLElement>("[data-version]");
    if (now) now.hidden = Number(now.dataset["version"]) <= this.versionValue;
  }

  /** Markdown: pictures that were pasted or dropped stand where the cursor is. */
  pasted(event: ClipboardEvent): void { this.takeInto(event, picturesOf(event.clipboardData)); }
  dropped(event: DragEvent): void { this.takeInto(event, picturesOf(event.dataTransfer)); }

  picked(event: Event): void {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = "";
    if (this.rich) this.rich.take(files, this.rich.editor.state.selection.from);
    else for (const file of files) void this.putInto(file);
  }

  keys(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); this.element.requestSubmit(); }
    if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && this.rich && this.richTarget.contains(event.target as Node)) { event.preventDefault(); event.stopPropagation(); this.link(); }
  }

  /** Asks where the link shall lead; an empty address takes it off. */
  link(): void { if (this.rich) ask(this.dialogTarget, this.addressTarget, this.rich.editor); }
  setLink(): void { this.dialogTarget.close("set"); }
  leaveLink(): void { this.dialogTarget.close(); }
  pick(): void { this.fileTarget.click(); }

  linked(): void { if (this.rich) answer(this.dialogTarget, this.addressTarget, this.rich.editor); }

  /** Rich text only when nothing of it would be lost: what was read is written and shown again, and must be the same. */
  private async switch(to: "rich" | "markdown", isAsked: boolean): Promise<void> {
    this.wanted = to;
    if (to === "markdown") return this.plain(isAsked, "");
    if (this.rich) return;
    const source = this.textTarget.value;
    const [shown, { Rich }] = await Promise.all([preview(this.previewValue, source).catch(() => null), import("./rich")]);
    if (!this.element.isConnected || this.rich || this.wanted !== "rich") return;
    if (!shown) return this.plain(isAsked, "Rich text needs the server, which does not answer. You can write Markdown.");
    const hooks = { changed: () => this.fillSoon(), moved: () => this.toolbar?.show(), send: (file: File) => this.send(file) };
    const rich = new Rich(this.richTarget, shown.plain, source, "Text", "content-hint", hooks);
    const back = rich.markdown;
    const again = back === source ? shown : await preview(this.previewValue, back).catch(() => null);
    if (again?.plain !== shown.plain || letters(back) !== letters(source)) {
      rich.destroy();
      return this.plain(isAsked, "This text has parts that rich text can't keep, such as tabs, videos or HTML. It stays Markdown, so that nothing is lost.");
    }
    if (this.wanted !== "rich") return rich.destroy();
    this.rich = rich;
    this.begun = { source, written: back };
    this.draw("rich");
    if (isAsked) rich.editor.commands.focus();
  }

  private plain(isAsked: boolean, why: string): void {
    this.fill();
    this.rich?.destroy();
    this.rich = null;
    this.draw("markdown");
    this.whyTarget.textContent = why;
    this.whyTarget.hidden = why === "";
    if (isAsked && why === "") this.textTarget.focus();
  }

  private draw(view: "rich" | "markdown"): void {
    for (const radio of this.viewTargets) radio.checked = radio.value === view;
    this.richTarget.hidden = this.barTarget.hidden = view !== "rich";
    this.textTarget.hidden = this.marksTarget.hidden = view === "rich";
    this.whyTarget.hidden = true;
    this.element.dataset["view"] = view;
    this.toolbar?.show();
  }

  /** The field gets what the rich editor has, once something was changed in it. */
  private fill(): void {
    this.fillSoon.cancel();
    if (!this.rich) return;
    const written = this.rich.markdown;
    const text = written === this.begun.written ? this.begun.source : written;
    if (text === this.textTarget.value) return;
    this.textTarget.value = text;
    this.changed();
  }

  private async show(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const shown = await preview(this.previewValue, this.textTarget.value, this.asked.signal);
      if (shown) this.previewTarget.innerHTML = shown.html;
    } catch { /* Asked anew meanwhile, or no line: what is shown stays. */ }
  }

  private async keep(): Promise<boolean> {
    this.keepSoon.cancel();
    const now = JSON.stringify(fields(this.element));
    if (now === this.kept) return true;
    const isSafe = await keep(this.draftValue, this.element);
    if (isSafe) this.kept = now;
    this.tell(isSafe ? `Saved ${clockTime()}, as a draft of yours alone` : "Not saved yet. Your words are kept on this page.");
    if (isSafe && this.placeValue) history.replaceState(history.state, "", this.placeValue);
    if (!isSafe) this.keepSoon();
    return isSafe;
  }

  private readonly leaving = (): void => {
    this.fill();
    if (!this.element.hasAttribute("data-sent")) void this.keep();
  };

  private readonly sending = (): void => {
    this.fill();
    this.keepSoon.cancel();
    this.element.setAttribute("data-sent", "");
  };

  /** What is thrown away is not kept once more on the way out. */
  private readonly discarding = (event: Event): void => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.action.endsWith("/draft/discard")) return;
    this.keepSoon.cancel();
    this.element.setAttribute("data-sent", "");
  };

  private tell(words: string): void { this.statusTarget.textContent = words; }

  /** A picture belongs to an article; one that is not there yet is begun with what is kept of it. */
  private async send(file: File): Promise<Picture | null> {
    try {
      if (!this.articleValue && !(await keep(this.draftValue, this.element))) throw new Error("The server does not answer. Try again.");
      this.tell(`Sending ${file.name}`);
      const picture = await send(file, this.picturesValue);
      this.tell(`${file.name} is there`);
      return picture;
    } catch (error) {
      this.tell(`${file.name}: ${error instanceof Error ? error.message : "The picture could not be sent."}`);
      return null;
    }
  }

  private takeInto(event: Event, files: File[]): void {
    if (files.length === 0) return;
    event.preventDefault();
    for (const file of files) void this.putInto(file);
  }

  private async putInto(file: File): Promise<void> {
    await put(this.textTarget, file, (one) => this.send(one));
    this.changed();
  }
}
