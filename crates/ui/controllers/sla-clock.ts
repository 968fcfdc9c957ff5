// Counts a deadline down, for the eye alone: the server decides, and announces what is worth saying.
import { Controller } from "@hotwired/stimulus";

const TICK_MS = 1000;

export default class extends Controller<HTMLElement> {
  static override values = { now: Number, since: Number, warn: Number, due: Number };
  static override targets = ["left", "words", "ring", "alarm"];
  declare readonly nowValue: number;
  declare readonly sinceValue: number;
  declare readonly warnValue: number;
  declare readonly dueValue: number;
  declare readonly leftTarget: HTMLElement;
  declare readonly wordsTarget: HTMLElement;
  declare readonly ringTarget: SVGElement;
  declare readonly alarmTarget: SVGElement;
  private timer = 0;
  private ahead = 0;

  override connect(): void {
    this.timer = window.setInterval(() => this.tick(), TICK_MS);
  }

  override disconnect(): void {
    clearInterval(this.timer);
  }

  /** The server's time is trusted, not the person's clock; a page drawn again brings a fresh one. */
  nowValueChanged(): void {
    this.ahead = this.nowValue - Date.now();
  }

  private tick(): void {
    const now = Date.now() + this.ahead;
    const isLate = this.dueValue <= now;
    const text = left(this.dueValue - now);
    if (this.leftTarget.textContent !== text) this.leftTarget.textContent = text;
    const state = isLate ? "late" : this.warnValue <= now ? "warn" : "ok";
    const share = Math.max(0, Math.min(100, Math.floor(((this.dueValue - now) * 100) / Math.max(1, this.dueValue - this.sinceValue))));
    this.ringTarget.lastElementChild?.setAttribute("stroke-dasharray", `${share} 100`);
    if (this.element.dataset["sla"] === state) return;
    this.element.dataset["sla"] = state;
    this.ringTarget.toggleAttribute("hidden", isLate);
    this.alarmTarget.toggleAttribute("hidden", !isLate);
    if (isLate) this.wordsTarget.textContent = this.wordsTarget.textContent?.replace(/ due in $/, " late by ") ?? "";
  }
}

/** "14m", "2h 17m", "3d 4h"; late "−0:08". */
function left(ms: number): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  if (ms <= 0) {
    const minutes = Math.floor(-ms / 60_000);
    return `−${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  }
  const minutes = Math.ceil(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes}m`;
  if (hours >= 48) return `${Math.floor(hours / 24)}d ${hours % 24}h`;
  return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${two(minutes % 60)}m`;
}
