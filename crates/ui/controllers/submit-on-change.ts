// A select or text that saves when it is changed: a text with Enter or when it is left. Choosing with the arrow keys waits for Enter, for leaving, or for a pause.
import { Controller } from "@hotwired/stimulus";
import { later } from "./dom";

const PAUSE_MS = 900;

export default class extends Controller<HTMLFormElement> {
  private byKey = false;
  private readonly pause = later(() => this.submit(), PAUSE_MS);
  private waits = false;

  override connect(): void {
    this.element.addEventListener("keydown", this.keyed);
    this.element.addEventListener("pointerdown", this.pointed);
    this.element.addEventListener("focusout", this.left);
  }

  override disconnect(): void {
    this.pause.cancel();
    this.element.removeEventListener("keydown", this.keyed);
    this.element.removeEventListener("pointerdown", this.pointed);
    this.element.removeEventListener("focusout", this.left);
  }

  send(): void {
    this.waits = true;
    if (this.byKey) this.pause();
    else this.submit();
  }

  /** Something is typed: saved with Enter, or when the field is left. */
  wait(): void {
    this.waits = true;
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    this.byKey = event.key !== "Enter";
    if (event.key === "Enter" && this.waits) { event.preventDefault(); this.submit(); }
  };
  private readonly pointed = (): void => { this.byKey = false; };
  private readonly left = (): void => { if (this.waits) this.submit(); };

  private submit(): void {
    this.pause.cancel();
    if (!this.waits) return;
    this.waits = false;
    this.element.requestSubmit();
  }
}
