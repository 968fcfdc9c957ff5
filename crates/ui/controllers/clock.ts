// Counts down the seconds in which a held reply can be taken back. The server decides; this only shows.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller<HTMLElement> {
  static override values = { until: Number };
  static override targets = ["left", "words", "undo"];
  declare readonly untilValue: number;
  declare readonly leftTarget: HTMLElement;
  declare readonly hasLeftTarget: boolean;
  declare readonly wordsTarget: HTMLElement;
  declare readonly undoTargets: HTMLElement[];
  private timer = 0;
  private offset: number | null = null;

  override connect(): void {
    this.timer = window.setInterval(() => this.tick(), 250);
  }

  override disconnect(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    if (!this.hasLeftTarget) return;
    // The server's seconds are trusted, not the person's clock.
    this.offset ??= this.untilValue - Number(this.leftTarget.textContent) * 1000 - Date.now();
    const left = Math.ceil((this.untilValue - this.offset - Date.now()) / 1000);
    if (left > 0) {
      if (this.leftTarget.textContent !== String(left)) this.leftTarget.textContent = String(left);
      return;
    }
    this.wordsTarget.textContent = "Sending now";
    for (const undo of this.undoTargets) undo.hidden = true;
    clearInterval(this.timer);
  }
}
