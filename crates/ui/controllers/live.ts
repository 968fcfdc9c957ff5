// Keeps the page alive: listens to its topics, redraws what rang, says who is here, tells when the line is lost.
import { Controller } from "@hotwired/stimulus";
import { visit } from "@hotwired/turbo";
import { soon } from "./dom";
import { showHere, viewing } from "./presence";
import { refresh } from "./refresh";
import { Socket, type Heard } from "./socket";

const [COALESCE_MS, HEARTBEAT_MS, OFFLINE_MS, SPOKEN_MS, COUNTS_MS] = [25, 4000, 3000, 5000, 1000] as const;

export default class extends Controller<HTMLElement> {
  static override values = { topics: Array, after: Number };
  static override targets = ["offline", "status"];
  declare readonly topicsValue: string[];
  declare readonly afterValue: number;
  declare readonly offlineTargets: HTMLElement[];
  declare readonly statusTargets: HTMLElement[];
  private readonly socket = new Socket(() => this.opened(), () => this.lost(), (heard) => this.heard(heard));
  private readonly redraw = soon(() => void this.draw(), COALESCE_MS);
  private readonly recount = soon(() => { for (const frame of document.querySelectorAll<HTMLElement & { reload(): Promise<void> }>("turbo-frame[data-live-frame]")) void frame.reload(); }, COUNTS_MS);
  private seen = 0;
  private ticket: string | null = null;
  private heartbeat = 0;
  private offline = 0;
  private spoken = 0;
  private isDrawing = false;

  override connect(): void {
    this.seen = this.afterValue;
    this.ticket = viewing();
    this.socket.open();
    this.heartbeat = window.setInterval(() => this.here(), HEARTBEAT_MS);
    for (const event of ["turbo:frame-load", "visibilitychange"]) document.addEventListener(event, this.moved);
    document.addEventListener("composer:typing", this.typing);
    window.addEventListener("online", this.retry);
  }

  override disconnect(): void {
    if (this.ticket) this.socket.say({ leave: this.ticket });
    this.socket.close();
    this.redraw.cancel();
    this.recount.cancel();
    clearInterval(this.heartbeat);
    clearTimeout(this.offline);
    for (const event of ["turbo:frame-load", "visibilitychange"]) document.removeEventListener(event, this.moved);
    document.removeEventListener("composer:typing", this.typing);
    window.removeEventListener("online", this.retry);
  }

  private opened(): void {
    clearTimeout(this.offline);
    this.offline = 0;
    for (const banner of this.offlineTargets) banner.hidden = true;
    const topics = this.topicsValue.filter((topic) => !this.ticket || !topic.startsWith("ticket:"));
    this.socket.say({ subscribe: this.ticket ? [...topics, `ticket:${this.ticket}`] : topics, after: this.seen });
    this.here();
    document.dispatchEvent(new CustomEvent("live:online"));
  }

  private lost(): void {
    if (this.offline === 0) this.offline = window.setTimeout(() => { for (const banner of this.offlineTargets) banner.hidden = false; }, OFFLINE_MS);
  }

  private heard(heard: Heard): void {
    if ("ended" in heard) return visit(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    if ("here" in heard) return showHere(heard.here, heard.people);
    if (!(heard.seq > this.seen)) return;
    this.seen = heard.seq;
    this.redraw();
    this.recount();
  }

  private async draw(): Promise<void> {
    if (this.isDrawing) return this.redraw();
    this.isDrawing = true;
    try { this.announce(await refresh()); }
    catch { /* No line: the socket says so, and the next ring draws again. */ }
    finally { this.isDrawing = false; }
  }

  private announce(words: string): void {
    if (words === "" || Date.now() - this.spoken < SPOKEN_MS) return;
    this.spoken = Date.now();
    for (const status of this.statusTargets) status.textContent = words;
  }

  private here(): void {
    if (this.ticket && document.visibilityState === "visible") this.socket.say({ viewing: this.ticket });
  }

  private readonly moved = (): void => {
    const next = document.visibilityState === "visible" ? viewing() : null;
    if (next === this.ticket) return;
    if (this.ticket) this.socket.say({ leave: this.ticket });
    const isOther = next !== null;
    this.ticket = next;
    if (isOther) this.opened();
  };

  private readonly typing = (event: Event): void => { this.socket.say((event as CustomEvent<object>).detail); };
  private readonly retry = (): void => this.socket.open();
}
