// Opening a ticket beside its list: marks the row, moves the focus, and takes from the answer what lies outside the frame.
import { Controller } from "@hotwired/stimulus";
import type { FetchResponse } from "@hotwired/turbo";
import { apply } from "./refresh";
import { Waiting, WaitingList } from "./waiting";

interface Rendered extends Event { detail: { fetchResponse: FetchResponse } }

/** An empty box gives way to a draft that the server kept, whoever draws the panes: what was taken back returns. */
function giveWay(fresh: ParentNode): void {
  const box = document.querySelector<HTMLElement>("[data-composer]");
  const kept = box && fresh.querySelector<HTMLTextAreaElement>(`#${CSS.escape(box.id)} textarea`);
  if (box && kept?.defaultValue.trim() && box.querySelector("textarea")?.value.trim() === "") box.removeAttribute("data-turbo-permanent");
}

export default class extends Controller<HTMLElement> {
  private isOpening = false;
  /** Where the focus was in each frame that is drawn anew. Panels come while the ticket is drawn: each has its own place. */
  private readonly held = new Map<string, string>();
  private waiting: Waiting | null = null;
  private waitingList: WaitingList | null = null;

  override connect(): void {
    const part = (id: string): HTMLTemplateElement | null => this.element.querySelector<HTMLTemplateElement>(`template#${id}`);
    const [frame, shape, sorry] = [this.element.querySelector<HTMLElement>("turbo-frame#ticket"), part("ticket-waiting"), part("ticket-failed")];
    if (frame && shape && sorry) this.waiting = new Waiting(frame, shape, sorry);
    const [scroll, rows] = [this.element.querySelector<HTMLElement>("[data-list-path]"), part("list-waiting")];
    if (scroll && rows) this.waitingList = new WaitingList(scroll, rows);
    this.element.addEventListener("click", this.clicked);
    document.addEventListener("submit", this.submitted, true);
    this.element.addEventListener("turbo:before-frame-render", this.rendering);
    this.element.addEventListener("turbo:frame-render", this.rendered);
    document.addEventListener("turbo:before-render", this.drawing);
  }

  override disconnect(): void {
    this.waiting?.stop();
    this.waitingList?.stop();
    this.element.removeEventListener("click", this.clicked);
    document.removeEventListener("submit", this.submitted, true);
    this.element.removeEventListener("turbo:before-frame-render", this.rendering);
    this.element.removeEventListener("turbo:frame-render", this.rendered);
    document.removeEventListener("turbo:before-render", this.drawing);
  }

  private readonly clicked = (event: Event): void => {
    if (event.target instanceof Element && event.target.closest("[data-row]")) this.isOpening = true;
  };

  /** A change of the open ticket is no new page in the browser's history. */
  private readonly submitted = (event: Event): void => {
    if (event.target instanceof HTMLFormElement && event.target.closest("turbo-frame")?.id === "ticket") event.target.dataset["turboAction"] ??= "replace";
  };

  /** Where the focus is before the panes are drawn anew: a field that saved keeps it, what is gone gives it to the heading. */
  private readonly rendering = (event: Event): void => {
    giveWay((event as CustomEvent<{ newFrame: ParentNode }>).detail.newFrame);
    const [frame, held] = [event.target, document.activeElement];
    if (frame instanceof Element) this.held.set(frame.id, held && frame.contains(held) ? (held.closest("[data-composer]") ? "" : held.id) || "ticket-title" : "");
  };

  private take(frame: Element): string {
    const id = this.held.get(frame.id) ?? "";
    this.held.delete(frame.id);
    return id;
  }

  private readonly drawing = (event: Event): void => giveWay((event as CustomEvent<{ newBody: ParentNode }>).detail.newBody);

  private readonly rendered = async (event: Event): Promise<void> => {
    if (!(event.target instanceof Element)) return;
    if (event.target.id.startsWith("panel-")) return this.keepFocus(event.target);
    if (event.target.id !== "ticket") return;
    const focused = this.take(event.target);
    if (focused && !document.activeElement?.closest("#ticket")) (document.getElementById(focused) ?? document.getElementById("ticket-title"))?.focus();
    const isOpening = this.isOpening;
    this.isOpening = false;
    const html = await (event as Rendered).detail.fetchResponse.responseHTML;
    if (html === undefined) return;
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    this.element.dataset["pane"] = page.querySelector<HTMLElement>("#inbox")?.dataset["pane"] ?? "thread";
    const toasts = page.querySelector("#toasts");
    if (toasts?.childElementCount) document.querySelector("#toasts")?.replaceChildren(...toasts.children);
    apply(page, true);
    this.mark();
    if (isOpening) this.element.querySelector<HTMLElement>("#ticket-title")?.focus();
  };

  /** A panel that was drawn anew after an act within it keeps the focus: where it was, else at its first button. */
  private keepFocus(panel: Element): void {
    const focused = this.take(panel);
    if (!focused || document.activeElement !== document.body) return;
    const same = document.getElementById(focused);
    if (same) same.focus();
    else panel.querySelector<HTMLElement>("button, input, a")?.focus();
  }

  /** The row of the open ticket, also among rows that were loaded later. */
  private mark(): void {
    const open = this.element.querySelector<HTMLElement>("[data-viewing]")?.dataset["viewing"] ?? "";
    for (const row of this.element.querySelectorAll<HTMLElement>("[data-row]")) {
      const isOpen = row.closest("li")?.id === `row-${open}`;
      if (isOpen) { row.setAttribute("aria-current", "true"); row.closest("li")?.removeAttribute("data-unread"); }
      else row.removeAttribute("aria-current");
    }
  }
}
