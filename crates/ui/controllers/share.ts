// Shares the address of a page: by the device where it can, else on the clipboard.
import { Controller } from "@hotwired/stimulus";
import { say } from "./clip";

export default class extends Controller<HTMLElement> {
  static override targets = ["native"];
  static override values = { url: String, title: String };
  declare readonly nativeTargets: HTMLElement[];
  declare readonly urlValue: string;
  declare readonly titleValue: string;

  override connect(): void {
    for (const button of this.nativeTargets) button.hidden = !("share" in navigator);
  }

  copy(event: Event): void {
    void say(event.currentTarget as HTMLElement, this.urlValue, "Link copied");
  }

  async native(): Promise<void> {
    // who closes the sheet changed their mind
    await navigator.share({ title: this.titleValue, url: this.urlValue }).catch(() => undefined);
  }

  print(): void {
    window.print();
  }
}
