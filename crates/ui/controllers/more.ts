// "Load more" puts the next rows under the present ones. Without script it is a link to the next page.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller<HTMLElement> {
  static override targets = ["rows", "link"];
  declare readonly rowsTarget: HTMLElement;
  declare readonly linkTarget: HTMLAnchorElement;

  async load(event: MouseEvent): Promise<void> {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const link = this.linkTarget;
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    try {
      const answer = await fetch(link.href, { headers: { "X-Live": "1", Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.statusText);
      this.append(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      link.ariaBusy = null;
      link.textContent = "Could not load. Try again";
    }
  }

  private append(page: Document): void {
    const known = new Set([...this.rowsTarget.children].map((row) => row.id));
    const rows = [...page.querySelectorAll("#tickets .ticket-row")].filter((row) => !known.has(row.id));
    this.rowsTarget.append(...rows);
    this.element.dataset["extended"] = "";
    const next = page.querySelector("#tickets [data-more-target=link]");
    const block = this.linkTarget.closest("p");
    if (next) this.linkTarget.replaceWith(next);
    else block?.remove();
    rows[0]?.querySelector<HTMLElement>("[data-row]")?.focus();
  }
}
