// Keeps the page alive: listens to its topics, redraws what rang, says who is here, tells when the line is lost.
import { Controller } from "@hotwired/stimulus";
import { visit } from "@hotwired/turbo";
import { Beat } from "./beat";
import { soon } from "./dom";
import { showHere } from "./presence";
import { recount, refresh } from "./refresh";
import { Socket, type Heard } from "./socket";

const [COALESCE_MS, OFFLINE_MS, SPOKEN_MS, COUNTS_MS] = [25, 3000, 5000, 1000] as const;

export default class extends Controller<HTMLElement> {
  static override values = { topics: Array, after: Number };
  static override targets = ["offline", "status"];
  declare readonly topicsValue: string[];
  declare readonly afterValue: number;
  declare readonly offlineTargets: HTMLElement[];
  declare readonly statusTargets: HTMLElement[];
  private socket = this.line();
  private readonly beat = new Beat((words) => this.socket.say(words), () => this.opened());
  private readonly redraw = soon(() => void this.draw(), COALESCE_MS);
  private readonly recount = soon(recount, COUNTS_MS);
  private seen = 0;
  private offline = 0;
  private spoken = 0;
  private isDrawing = false;

  override connect(): void {
    this.seen = this.afterValue;
    this.socket = this.line();
    this.beat.start();
    this.socket.open();
    window.addEventListener("online", this.retry);
    window.addEventListener("offline", this.cut);
  }

  override disconnect(): void {
    this.beat.stop();
    this.socket.close();
    this.redraw.cancel();
    this.recount.cancel();
    clearTimeout(this.offline);
    window.removeEventListener("online", this.retry);
    window.removeEventListener("offline", this.cut);
  }

  private line(): Socket {
    return new Socket(() => this.opened(), () => this.lost(), (heard) => this.heard(heard));
  }

  private opened(): void {
    clearTimeout(this.offline);
    this.offline = 0;
    for (const banner of this.offlineTargets) banner.hidden = true;
    this.socket.say({ subscribe: this.beat.topics(this.topicsValue), after: this.seen });
    this.beat.tell();
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
    // on the desk what concerns one person alone is the bell, a frame of its own
    if (!heard.topic.startsWith("person:") || !document.body.classList.contains("dense")) this.redraw();
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

  private readonly retry = (): void => this.socket.open();
  /** A line without a network can look open for minutes. */
  private readonly cut = (): void => this.socket.drop();
}
