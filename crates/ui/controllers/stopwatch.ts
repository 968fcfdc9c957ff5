// A timer beside the ticket. It outlives a redrawn panel and a reload, and is written down when a reply is sent.
import { Controller } from "@hotwired/stimulus";

const TICK_MS = 1000;

export default class extends Controller<HTMLFormElement> {
  static override targets = ["spent", "message", "button", "label", "clock"];
  static override values = { key: String };
  declare readonly spentTarget: HTMLInputElement;
  declare readonly messageTarget: HTMLInputElement;
  declare readonly buttonTarget: HTMLButtonElement;
  declare readonly labelTarget: HTMLElement;
  declare readonly clockTarget: HTMLElement;
  declare readonly keyValue: string;
  private timer = 0;

  override connect(): void {
    document.addEventListener("turbo:submit-end", this.sent);
    this.draw();
  }

  override disconnect(): void {
    document.removeEventListener("turbo:submit-end", this.sent);
    clearInterval(this.timer);
  }

  toggle(): void {
    if (this.began === 0) sessionStorage.setItem(this.key, String(Date.now()));
    else this.stop();
    this.draw();
  }

  private get key(): string {
    return `timer:${this.keyValue}`;
  }

  /** When it was started; 0 while it stands. */
  private get began(): number {
    return Number(sessionStorage.getItem(this.key) ?? 0);
  }

  private stop(): void {
    this.spentTarget.value = words(this.seconds());
    sessionStorage.removeItem(this.key);
    this.spentTarget.focus();
  }

  private seconds(): number {
    return Math.min(Math.max(Math.round((Date.now() - this.began) / 1000), 1), 86_400);
  }

  private draw(): void {
    const isRunning = this.began > 0;
    clearInterval(this.timer);
    this.timer = isRunning ? window.setInterval(() => this.show(), TICK_MS) : 0;
    this.buttonTarget.setAttribute("aria-pressed", String(isRunning));
    this.labelTarget.textContent = isRunning ? "Stop timer" : "Start timer";
    this.show();
  }

  private show(): void {
    this.clockTarget.textContent = this.began > 0 ? words(this.seconds()) : "";
  }

  /** What was sent while it ran took this long. */
  private readonly sent = (event: Event): void => {
    const { formSubmission, success } = (event as CustomEvent<{ formSubmission: { formElement: HTMLFormElement }; success: boolean }>).detail;
    if (!success || this.began === 0 || !formSubmission.formElement.matches("[data-composer]")) return;
    this.spentTarget.value = words(this.seconds());
    this.messageTarget.value = "true";
    sessionStorage.removeItem(this.key);
    this.element.requestSubmit();
  };
}

/** "1h 5m 9s", as the server reads it. */
function words(seconds: number): string {
  const parts: [number, string][] = [[Math.floor(seconds / 3600), "h"], [Math.floor((seconds % 3600) / 60), "m"], [seconds % 60, "s"]];
  return parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`).join(" ");
}
