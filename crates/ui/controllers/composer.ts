// The box one writes in: kind switch, toolbar, Cmd/Ctrl+Enter, draft, typing signal, and no text ever lost.
import { Controller } from "@hotwired/stimulus";
import { Draft } from "./draft";

const TYPING_EVERY_MS = 2000;

/** What the buttons above a text do comes with the first move on the page, before any of them can be reached: first loads stay light. */
function soon(): void {
  const dress = (): void => { void import("@github/markdown-toolbar-element"); };
  if (document.activeElement instanceof HTMLTextAreaElement) dress();
  else for (const event of ["focusin", "pointermove", "touchstart"]) document.addEventListener(event, dress, { once: true, passive: true });
}

export default class extends Controller<HTMLFormElement> {
  static override targets = ["text", "kind", "status", "toolbar"];
  static override values = { draft: String, ticket: String };
  declare readonly textTarget: HTMLTextAreaElement;
  declare readonly kindTargets: HTMLInputElement[];
  declare readonly statusTargets: HTMLElement[];
  declare readonly hasToolbarTarget: boolean;
  declare readonly draftValue: string;
  declare readonly ticketValue: string;
  private draft: Draft | null = null;
  private typedAt = 0;
  private placeholder = "";

  override connect(): void {
    this.placeholder = this.textTarget.placeholder;
    if (this.draftValue) this.draft = new Draft(this.draftValue, (words) => this.tell(words));
    if (this.hasToolbarTarget) soon();
    this.element.addEventListener("turbo:submit-start", this.sending);
    this.element.addEventListener("turbo:submit-end", this.sent);
    this.element.addEventListener("turbo:fetch-request-error", this.failed);
    document.addEventListener("live:online", this.again);
    this.kind();
  }

  override disconnect(): void {
    this.draft?.flush();
    this.element.removeEventListener("turbo:submit-start", this.sending);
    this.element.removeEventListener("turbo:submit-end", this.sent);
    this.element.removeEventListener("turbo:fetch-request-error", this.failed);
    document.removeEventListener("live:online", this.again);
  }

  /** Reply or note: other words in the empty box, and the draft remembers it. */
  kind(event?: Event): void {
    const note = this.textTarget.dataset["notePlaceholder"];
    if (note) this.textTarget.placeholder = this.chosen === "note" ? note : this.placeholder;
    if (event) { this.typed(); this.textTarget.focus(); }
  }

  typed(): void {
    this.keep();
    if (!this.ticketValue || Date.now() - this.typedAt < TYPING_EVERY_MS || this.textTarget.value === "") return;
    this.typedAt = Date.now();
    this.dispatch("typing", { prefix: "composer", detail: { typing: this.ticketValue, as: this.chosen } });
  }

  /** What is to be sent, files too, as it stands. */
  keep(): void {
    const files = this.element.querySelectorAll<HTMLInputElement>("input[type=hidden][name=fileId]");
    this.draft?.keep(this.chosen, this.textTarget.value, [...files].map((file) => file.value));
  }

  keys(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); this.element.requestSubmit(); }
  }

  private get chosen(): "reply" | "note" {
    return this.kindTargets.find((kind) => kind.checked)?.value === "note" ? "note" : "reply";
  }

  private tell(words: string): void {
    for (const status of this.statusTargets) status.textContent = words;
  }

  /** The box survives when the panes are drawn again, except by its own sending. */
  private readonly sending = (): void => { this.draft?.cancel(); this.element.removeAttribute("data-turbo-permanent"); };
  /** Not taken: the server shows the box again with what is to be mended; with no answer at all this one stays. */
  private readonly sent = (event: Event): void => {
    const { success, fetchResponse } = (event as CustomEvent<{ success: boolean; fetchResponse?: object }>).detail;
    if (success) return;
    if (!fetchResponse) { if ("composer" in this.element.dataset) this.element.dataset["turboPermanent"] = ""; return; }
    this.keep();
    this.draft?.flush();
  };
  private readonly failed = (event: Event): void => {
    event.preventDefault();
    this.element.dataset["queued"] = "";
    this.tell("No connection. Your text is kept and sent when you are back.");
  };
  private readonly again = (): void => {
    if (!("queued" in this.element.dataset)) return;
    delete this.element.dataset["queued"];
    this.tell("Sending");
    this.element.requestSubmit();
  };
}
