// A toast goes after 30 s, or when it is dismissed; never while it is pointed at or focused.
import { Controller } from "@hotwired/stimulus";

const SHOWN_MS = 30_000;

export default class extends Controller<HTMLElement> {
  static override targets = ["close"];
  declare readonly closeTargets: HTMLElement[];
  private timer = 0;

  override connect(): void {
    for (const button of this.closeTargets) button.hidden = false;
    this.wait();
  }

  override disconnect(): void {
    clearTimeout(this.timer);
  }

  close(): void {
    this.element.remove();
  }

  private wait(): void {
    this.timer = window.setTimeout(() => {
      if (this.element.matches(":hover, :focus-within")) this.wait();
      else this.close();
    }, SHOWN_MS);
  }
}
