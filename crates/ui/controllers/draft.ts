// Saves what is written on the server, per person and ticket, while it is being written.
import { clockTime, later } from "./dom";

const PAUSE_MS = 800;

export class Draft {
  private readonly pause = later(() => void this.save(), PAUSE_MS);
  private waiting: { kind: string; content: string; fileId: string[] } | null = null;

  constructor(private readonly href: string, private readonly tell: (words: string) => void) {}

  /** Keys of finished uploads go along. */
  keep(kind: string, content: string, fileId: string[]): void {
    this.waiting = { kind, content, fileId };
    this.pause();
  }

  /** Saves at once what has not been saved: the page is about to go. */
  flush(): void {
    this.pause.cancel();
    void this.save();
  }

  /** Forgets what has not been saved: it is being sent. */
  cancel(): void {
    this.pause.cancel();
    this.waiting = null;
  }

  private async save(): Promise<void> {
    const draft = this.waiting;
    if (!draft) return;
    this.waiting = null;
    try {
      const answer = await fetch(this.href, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(draft), keepalive: draft.content.length < 60_000 });
      if (!answer.ok) throw new Error(answer.statusText);
      this.tell(draft.content === "" ? "" : `Draft saved ${clockTime()}`);
    } catch {
      this.waiting ??= draft;
      this.tell("Draft not saved yet. It is kept on this page.");
    }
  }
}
