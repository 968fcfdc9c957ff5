// Takes the focus when it appears: for what must not be overlooked.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller<HTMLElement> {
  override connect(): void {
    this.element.focus();
  }
}
