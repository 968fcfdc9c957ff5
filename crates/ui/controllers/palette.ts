// The command palette: a combobox over a listbox (ARIA APG). The focus stays in the field.
import { Controller } from "@hotwired/stimulus";
import { later } from "./dom";
import { type Command, fromPage, fromServer } from "./palette-commands";
import { option } from "./palette-option";

/** What is typed in the open palette of a body that Turbo is replacing; the next one goes on with it. */
let held: string | null = null;

export default class extends Controller<HTMLDialogElement> {
  static override targets = ["input", "list", "status"];
  static override values = { src: String };
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare readonly statusTarget: HTMLElement;
  declare readonly srcValue: string;
  private page: Command[] = [];
  private found: Command[] = [];
  private shownCommands: Command[] = [];
  private asked: AbortController | null = null;
  private readonly ask = later(() => void this.search(), 120);

  /** An open one in a page out of Turbo's cache is not modal: nobody opened it. */
  override connect(): void {
    if (this.element.open && !this.element.matches(":modal")) this.element.open = false;
    if (held === null) return;
    this.element.showModal();
    this.inputTarget.value = held;
    held = null;
  }

  override disconnect(): void {
    if (this.element.open) held = this.inputTarget.value;
    this.stop();
  }

  /** Keys may come before the browser tells of the opening: what they typed stays. */
  opened(): void {
    if (!this.element.open) return;
    this.page = fromPage();
    this.found = [];
    this.draw();
    if (this.inputTarget.value !== "") this.ask();
  }

  /** Told at once, before the first key: what was typed the last time is gone. */
  opening(event: ToggleEvent): void {
    if (event.newState === "open") this.inputTarget.value = "";
  }

  /** Told late: it may be open again, with keys typed. */
  closed(): void {
    if (this.element.open) return;
    this.inputTarget.value = "";
    this.stop();
  }

  typed(): void {
    this.draw();
    this.ask();
  }

  moved(event: KeyboardEvent): void {
    const last = this.shownCommands.length - 1;
    const to = { ArrowDown: this.selected === last ? 0 : this.selected + 1, ArrowUp: this.selected <= 0 ? last : this.selected - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); this.select(to); }
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); this.run(this.selected); }
  }

  chosen(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (row) this.run([...this.options].indexOf(row as HTMLElement));
  }

  private stop(): void {
    this.asked?.abort();
    this.ask.cancel();
  }

  private get options(): NodeListOf<HTMLElement> { return this.listTarget.querySelectorAll<HTMLElement>("[role=option]"); }
  private get selected(): number { return [...this.options].findIndex((row) => row.ariaSelected === "true"); }

  private run(index: number): void {
    const command = this.shownCommands[index];
    if (!command) return;
    this.element.close();
    command.act();
  }

  private async search(): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const words = this.inputTarget.value.trim();
    try { this.found = words === "" ? [] : await fromServer(this.srcValue, words, this.asked.signal); }
    catch { return; }
    this.draw();
  }

  private draw(): void {
    const words = this.inputTarget.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = this.page.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
    this.shownCommands = [];
    this.listTarget.replaceChildren(...groups([...fits, ...this.found]).map(([name, commands], number) => {
      const group = document.createElement("div");
      const title = Object.assign(document.createElement("h3"), { id: `palette-group-${number}`, textContent: name });
      title.role = "presentation";
      group.role = "group";
      group.setAttribute("aria-labelledby", title.id);
      group.append(title, ...commands.map((command) => option(command, `palette-${this.shownCommands.push(command)}`)));
      return group;
    }));
    this.select(0);
    this.statusTarget.textContent = this.shownCommands.length === 0 ? "Nothing found." : `${this.shownCommands.length} found`;
    this.statusTarget.classList.toggle("vh", this.shownCommands.length > 0);
  }

  private select(index: number): void {
    const row = this.options[index];
    for (const other of this.options) other.ariaSelected = String(other === row);
    this.inputTarget.setAttribute("aria-activedescendant", row?.id ?? "");
    row?.scrollIntoView({ block: "nearest" });
  }
}

function groups(commands: Command[]): [string, Command[]][] {
  const named = new Map<string, Command[]>();
  for (const command of commands) named.set(command.group, [...(named.get(command.group) ?? []), command]);
  return [...named];
}
