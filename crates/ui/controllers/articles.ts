// Articles in the box one writes in: `[[` finds by title, what is chosen goes in as a link.
import { Finder } from "./finder";

interface Offer { title: string; markdown: string; visibility: string; isForRequester: boolean }
const WHO: Record<string, string> = { SIGNED_IN: "Signed-in people", ORGANIZATIONS: "Some organizations", STAFF: "Staff only", TEAMS: "Some teams" };

export default class extends Finder<Offer> {
  override connect(): void {
    super.connect();
    this.box?.addEventListener("input", this.brackets);
  }

  override disconnect(): void {
    super.disconnect();
    this.box?.removeEventListener("input", this.brackets);
  }

  /** The second bracket, typed and not pasted, opens it. */
  private readonly brackets = (event: Event): void => {
    const box = this.box;
    if (!box || !(event instanceof InputEvent) || event.isComposing || event.data !== "[" || this.dialogTarget.open) return;
    const end = box.selectionStart;
    if (box.value.slice(end - 2, end) === "[[" && box.value.at(end - 3) !== "[") this.open("[[", [end - 2, end]);
  };

  protected async find(words: string, signal: AbortSignal): Promise<Offer[]> {
    const answer = await fetch(`/api/support/tickets/${this.ticketValue}/articles?limit=20${words ? `&q=${encodeURIComponent(words)}` : ""}`, { headers: { Accept: "application/json" }, signal });
    if (!answer.ok) throw new Error(String(answer.status));
    return offers(await answer.json());
  }

  protected shown({ title, visibility, isForRequester }: Offer): { name: string; mark: string | null; look: string } {
    return { name: title, mark: isForRequester ? null : WHO[visibility] ?? "Not for the receiver", look: "tag" };
  }

  protected pick(offer: Offer): void {
    this.done();
    this.put(offer.markdown);
  }
}

function offers(page: unknown): Offer[] {
  const items: unknown = typeof page === "object" && page !== null && "items" in page ? page.items : [];
  return Array.isArray(items) ? items.filter((item): item is Offer => typeof item === "object" && item !== null && "title" in item && typeof item.title === "string" && "markdown" in item && typeof item.markdown === "string") : [];
}
