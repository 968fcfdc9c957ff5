// Tabs of an article (ARIA APG, tabs with automatic activation). Without script all panes stand below each other.
import { Controller } from "@hotwired/stimulus";

let count = 0;

export default class extends Controller<HTMLElement> {
  static override targets = ["pane", "title"];
  declare readonly paneTargets: HTMLElement[];
  declare readonly titleTargets: HTMLElement[];
  private list: HTMLElement | null = null;

  override connect(): void {
    const list = document.createElement("div");
    list.className = "tabs";
    list.setAttribute("role", "tablist");
    this.paneTargets.forEach((pane, index) => {
      count += 1;
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `tab-${count}`;
      tab.textContent = this.titleTargets[index]?.textContent ?? "";
      tab.setAttribute("role", "tab");
      pane.id ||= `pane-${count}`;
      tab.setAttribute("aria-controls", pane.id);
      tab.dataset["action"] = "panes#choose keydown->panes#move";
      pane.setAttribute("role", "tabpanel");
      pane.setAttribute("aria-labelledby", tab.id);
      list.append(tab);
    });
    for (const title of this.titleTargets) title.hidden = true;
    this.element.prepend(list);
    this.list = list;
    this.show(0);
  }

  override disconnect(): void {
    this.list?.remove();
    for (const pane of this.paneTargets) {
      pane.hidden = false;
      for (const name of ["role", "aria-labelledby"]) pane.removeAttribute(name);
    }
    for (const title of this.titleTargets) title.hidden = false;
  }

  choose(event: Event): void {
    this.show(this.tabs.indexOf(event.currentTarget as HTMLElement));
  }

  move(event: KeyboardEvent): void {
    const at = this.tabs.indexOf(event.currentTarget as HTMLElement);
    const last = this.tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.show(to);
    this.tabs[to]?.focus();
  }

  private get tabs(): HTMLElement[] {
    return [...(this.list?.children ?? [])] as HTMLElement[];
  }

  private show(chosen: number): void {
    this.tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      const pane = this.paneTargets[index];
      if (pane) pane.hidden = index !== chosen;
    });
  }
}
