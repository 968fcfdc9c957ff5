// A part of the page on its way: its shape after a moment, and a way to ask again when it did not come.
import { visit } from "@hotwired/turbo";

const SHOWN_AFTER_MS = 150;

interface Asking extends Event { detail: { url: URL } }

/** Watches one frame. `template`: its shape while it is awaited; `sorry`: what is said when it does not come. */
export class Waiting {
  private timer = 0;
  private asked = "";

  constructor(private readonly frame: HTMLElement, private readonly template: HTMLTemplateElement, private readonly sorry: HTMLTemplateElement) {
    frame.addEventListener("turbo:before-fetch-request", this.began);
    frame.addEventListener("turbo:before-frame-render", this.came);
    frame.addEventListener("turbo:fetch-request-error", this.failed);
  }

  stop(): void {
    this.clear();
    this.frame.removeEventListener("turbo:before-fetch-request", this.began);
    this.frame.removeEventListener("turbo:before-frame-render", this.came);
    this.frame.removeEventListener("turbo:fetch-request-error", this.failed);
  }

  /** A form inside saves and says so itself; only the frame's own way to another page is waited for. */
  private readonly began = (event: Event): void => {
    if (event.target !== this.frame) return;
    this.clear();
    this.asked = String((event as Asking).detail.url);
    this.timer = window.setTimeout(() => { this.put(this.template); say("Loading"); }, SHOWN_AFTER_MS);
  };

  private readonly came = (): void => this.clear();

  private readonly failed = (event: Event): void => {
    if (event.target !== this.frame) return;
    this.clear();
    this.put(this.sorry);
    this.frame.querySelector("[data-retry]")?.addEventListener("click", () => visit(this.asked, { frame: this.frame.id }));
  };

  /** On a narrow screen, which shows one pane, it is this one; its way back gives the list again. */
  private put(template: HTMLTemplateElement): void {
    this.frame.append(template.content.cloneNode(true));
    this.frame.dataset["waiting"] = "";
    this.show("thread");
    this.frame.querySelector(".waiting [data-to-list]")?.addEventListener("click", () => { this.clear(); this.show("list"); });
  }

  private show(pane: string): void {
    const panes = this.frame.closest<HTMLElement>("[data-pane]");
    if (panes) panes.dataset["pane"] = pane;
  }

  private clear(): void {
    clearTimeout(this.timer);
    if (!("waiting" in this.frame.dataset)) return;
    for (const shape of this.frame.querySelectorAll(":scope > .waiting")) shape.remove();
    delete this.frame.dataset["waiting"];
    say(""); // the same words are said again the next time
  }
}

interface Visiting extends Event { detail: { url: string } }

/** Watches the way to another list of the same page: its shape takes the place of the rows. Turbo draws the answer, or asks the browser for it. */
export class WaitingList {
  private timer = 0;

  constructor(private readonly scroll: HTMLElement, private readonly template: HTMLTemplateElement) {
    document.addEventListener("turbo:visit", this.began);
    document.addEventListener("turbo:before-cache", this.clear);
    document.addEventListener("turbo:render", this.clear);
    document.addEventListener("turbo:fetch-request-error", this.clear);
  }

  stop(): void {
    this.clear();
    document.removeEventListener("turbo:visit", this.began);
    document.removeEventListener("turbo:before-cache", this.clear);
    document.removeEventListener("turbo:render", this.clear);
    document.removeEventListener("turbo:fetch-request-error", this.clear);
  }

  private readonly began = (event: Event): void => {
    this.clear();
    if (new URL((event as Visiting).detail.url, location.href).pathname !== this.scroll.dataset["listPath"]) return;
    this.timer = window.setTimeout(() => {
      this.scroll.append(this.template.content.cloneNode(true));
      this.scroll.dataset["waiting"] = "";
      this.scroll.setAttribute("aria-busy", "true");
      say("Loading");
    }, SHOWN_AFTER_MS);
  };

  private readonly clear = (): void => {
    clearTimeout(this.timer);
    if (!("waiting" in this.scroll.dataset)) return;
    for (const shape of this.scroll.querySelectorAll(":scope > .waiting-rows")) shape.remove();
    delete this.scroll.dataset["waiting"];
    this.scroll.removeAttribute("aria-busy");
    say("");
  };
}

function say(words: string): void {
  for (const status of document.querySelectorAll("[data-live-target~=status]")) status.textContent = words;
}
