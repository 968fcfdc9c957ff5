// A video plays in the page when somebody asks for it; its host is not asked for anything before. Without script it is a link.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller<HTMLElement> {
  static override targets = ["link"];
  static override values = { src: String };
  declare readonly linkTarget: HTMLAnchorElement;
  declare readonly srcValue: string;

  play(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = this.srcValue;
    frame.title = this.linkTarget.textContent ?? "Video";
    frame.allow = "autoplay; fullscreen; picture-in-picture";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    this.linkTarget.replaceWith(frame);
    frame.focus();
  }
}
