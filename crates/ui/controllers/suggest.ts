// While a request is written: asks each panel beside the form what may answer it, and counts what was opened.
import { Controller } from "@hotwired/stimulus";
import type { FrameElement } from "@hotwired/turbo";
import { soon } from "./dom";

/** With the time to type the next letter and the server's answer this stays under 150 ms. */
const PAUSE_MS = 60;
const WORDS = 3;
const LONGEST = 300;
const KEPT = "suggestions:opened";

export default class extends Controller<HTMLFormElement> {
  private readonly ask = soon(() => this.fill(), PAUSE_MS);
  private asked = "";

  override connect(): void {
    for (const frame of this.frames) frame.dataset["path"] ??= (frame.getAttribute("src") ?? "").split("?")[0] ?? "";
    this.element.addEventListener("input", this.ask);
    this.element.addEventListener("change", this.ask);
    this.element.addEventListener("turbo:submit-end", this.sent);
    // A form that comes back refused is drawn over this one, without what is carried.
    document.addEventListener("turbo:render", this.carry);
    this.carry();
    this.fill();
  }

  override disconnect(): void {
    this.ask.cancel();
    this.element.removeEventListener("input", this.ask);
    this.element.removeEventListener("change", this.ask);
    this.element.removeEventListener("turbo:submit-end", this.sent);
    document.removeEventListener("turbo:render", this.carry);
  }

  /** A suggestion is opened: the form says so, and remembers it in case the request is sent all the same. */
  opened(event: Event): void {
    const link = event.currentTarget;
    if (!(link instanceof HTMLAnchorElement)) return;
    const panel = link.closest("turbo-frame")?.id.replace("panel-", "") ?? "";
    const id = made();
    const body = new URLSearchParams({ id, href: new URL(link.href).pathname, category: this.value("category") });
    fetch(`/requests/suggestions/${panel}`, { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => { /* Not counted. */ });
    sessionStorage.setItem(KEPT, [...kept(), id].slice(-20).join(","));
    this.carry();
  }

  private get frames(): FrameElement[] {
    return [...document.querySelectorAll<FrameElement>("[data-suggestions] turbo-frame")];
  }

  private value(name: string): string {
    const value = new FormData(this.element).get(name);
    return typeof value === "string" ? value : "";
  }

  private fill(): void {
    const text = `${this.value("title")} ${this.value("content")}`.trim().replace(/\s+/g, " ");
    const query = text.split(" ").length < WORDS ? "" : `?${new URLSearchParams({ q: text.slice(0, LONGEST), category: this.value("category") })}`;
    if (query === this.asked) return;
    this.asked = query;
    for (const frame of this.frames) frame.setAttribute("src", `${frame.dataset["path"] ?? ""}${query}`);
  }

  /** What was opened before goes with the form. */
  private readonly carry = (): void => {
    let field = this.element.querySelector<HTMLInputElement>("input[name=opened]");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "opened" });
      this.element.append(field);
    }
    field.value = kept().join(",");
  };

  private readonly sent = (event: Event): void => {
    if ((event as CustomEvent<{ success: boolean }>).detail.success) sessionStorage.removeItem(KEPT);
  };
}

function kept(): string[] {
  return (sessionStorage.getItem(KEPT) ?? "").split(",").filter(Boolean);
}

/** A random UUID; `crypto.randomUUID` is there over TLS only. */
function made(): string {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
