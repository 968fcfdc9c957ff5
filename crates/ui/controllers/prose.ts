// A long text: each piece of code gets a button that copies it.
import { Controller } from "@hotwired/stimulus";
import { say } from "./clip";

export default class extends Controller<HTMLElement> {
  override connect(): void {
    for (const header of this.element.querySelectorAll(".code > header")) {
      if (header.querySelector("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn ghost sm";
      button.textContent = "Copy";
      button.dataset["action"] = "prose#copy";
      header.append(button);
    }
  }

  override disconnect(): void {
    for (const button of this.element.querySelectorAll(".code > header > button")) button.remove();
  }

  copy(event: Event): void {
    const button = event.currentTarget as HTMLElement;
    const code = button.closest(".code")?.querySelector("code");
    void say(button, code?.textContent ?? "", "Copied");
  }
}
