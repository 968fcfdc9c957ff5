// Tells the server which ticket is on the screen, and when it is left.
import { viewing } from "./presence";

const EVERY_MS = 4000;

export class Beat {
  ticket: string | null = null;
  private timer = 0;

  constructor(private readonly say: (words: object) => void, private readonly onOther: () => void) {}

  start(): void {
    this.ticket = viewing();
    this.timer = window.setInterval(this.tell, EVERY_MS);
    for (const event of ["turbo:frame-load", "visibilitychange"]) document.addEventListener(event, this.moved);
    document.addEventListener("composer:typing", this.typing);
  }

  stop(): void {
    this.leave();
    clearInterval(this.timer);
    for (const event of ["turbo:frame-load", "visibilitychange"]) document.removeEventListener(event, this.moved);
    document.removeEventListener("composer:typing", this.typing);
  }

  /** The topics of a page, with the ticket that is open now. */
  topics(ofPage: string[]): string[] {
    return this.ticket ? [...ofPage.filter((topic) => !topic.startsWith("ticket:")), `ticket:${this.ticket}`] : ofPage;
  }

  readonly tell = (): void => {
    if (this.ticket && document.visibilityState === "visible") this.say({ viewing: this.ticket });
  };

  private leave(): void {
    if (this.ticket) this.say({ leave: this.ticket });
  }

  /** Another ticket in the frame, or the tab went out of sight and came back. */
  private readonly moved = (): void => {
    const next = viewing();
    if (document.visibilityState !== "visible") return this.leave();
    if (next === this.ticket) return this.tell();
    this.leave();
    this.ticket = next;
    this.onOther();
  };

  private readonly typing = (event: Event): void => this.say((event as CustomEvent<object>).detail);
}
