// The one socket of a page: says when something rang, comes back by itself after a break.

/** What the server says. */
export type Heard =
  | { topic: string; seq: number }
  | { here: string; people: Person[] }
  | { ended: true };
export interface Person { name: string; doing: "viewing" | "replying" | "noting" }

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;

export class Socket {
  private socket: WebSocket | null = null;
  private wait = FIRST_WAIT_MS;
  private timer = 0;
  private isEnded = false;

  constructor(private readonly onOpen: () => void, private readonly onLost: () => void, private readonly onHeard: (heard: Heard) => void) {}

  open(): void {
    clearTimeout(this.timer);
    if (this.isEnded || !navigator.onLine || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
    this.socket = socket;
    socket.onopen = () => { this.wait = FIRST_WAIT_MS; this.onOpen(); };
    socket.onmessage = (event) => this.read(event.data);
    socket.onclose = () => { if (this.socket === socket && !this.isEnded) { this.onLost(); this.again(); } };
  }

  /** Gives the line up and waits for another. */
  drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket && !this.isEnded) this.onLost();
    socket?.close();
  }

  close(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** Says it now or never: what is said here is only worth something at once. */
  say(words: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(words));
  }

  private again(): void {
    this.timer = window.setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private read(data: unknown): void {
    if (typeof data !== "string") return;
    const heard: unknown = JSON.parse(data);
    if (typeof heard === "object" && heard !== null) this.onHeard(heard as Heard);
  }
}
