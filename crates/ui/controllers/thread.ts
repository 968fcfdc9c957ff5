// The conversation opens at its newest message and keeps its place when the same ticket is drawn again.
import { Controller } from "@hotwired/stimulus";

let seen: { ticket: string; top: number; atEnd: boolean } | null = null;

export default class extends Controller<HTMLElement> {
  override connect(): void {
    const anchor = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    if (anchor && this.element.contains(anchor)) anchor.scrollIntoView();
    else if (seen && seen.ticket === this.ticket && !seen.atEnd) this.element.scrollTop = seen.top;
    else this.element.scrollTop = this.element.scrollHeight;
    this.remember();
    this.element.addEventListener("scroll", this.remember, { passive: true });
    this.element.addEventListener("live:thread", this.follow);
  }

  override disconnect(): void {
    this.element.removeEventListener("scroll", this.remember);
    this.element.removeEventListener("live:thread", this.follow);
  }

  private get ticket(): string {
    return this.element.closest<HTMLElement>("[data-viewing]")?.dataset["viewing"] ?? "";
  }

  private readonly remember = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    seen = { ticket: this.ticket, top: scrollTop, atEnd: scrollHeight - scrollTop - clientHeight < 80 };
  };

  /** New messages: stays at the end if it was there. */
  private readonly follow = (): void => {
    if (seen?.atEnd) this.element.scrollTop = this.element.scrollHeight;
    this.remember();
  };
}
