// A list of what was found: tells the server that a hit was opened, and nothing of who did it.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller<HTMLElement> {
  static override values = { src: String };
  declare readonly srcValue: string;
  private isTold = false;

  opened(): void {
    if (this.isTold) return;
    this.isTold = true;
    fetch(this.srcValue, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => { /* Not counted. */ });
  }
}
