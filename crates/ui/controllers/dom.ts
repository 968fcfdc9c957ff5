// Small questions about the page.

/** Whether the person is writing: single keys are off then. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));
}

/** Whether the element is drawn at all. */
export function isShown(element: Element | null): element is HTMLElement {
  return element instanceof HTMLElement && element.checkVisibility();
}

/** The first drawn element that fits. */
export function shown(selector: string): HTMLElement | null {
  for (const element of document.querySelectorAll(selector)) if (isShown(element)) return element;
  return null;
}

/** An icon of the page's sprite; the name stands as "i-name" so that the bundler finds it. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const sprite = document.querySelector("svg use[href*='#i-']")?.getAttribute("href")?.split("#")[0] ?? "";
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name.startsWith("i-") ? name : `i-${name}`}`);
  svg.append(use);
  return svg;
}

/** "10:42" in the person's own zone. */
export function clockTime(at = new Date()): string {
  return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** Runs the act once, soon; being asked again meanwhile changes nothing. */
export function soon(act: () => void, ms: number): { (): void; cancel: () => void } {
  let timer = 0;
  const run = (): void => { timer ||= window.setTimeout(() => { timer = 0; act(); }, ms); };
  return Object.assign(run, { cancel: () => { clearTimeout(timer); timer = 0; } });
}

/** Runs the act once after it has not been asked for during the time. */
export function later(act: () => void, ms: number): { (): void; cancel: () => void } {
  let timer = 0;
  const run = (): void => { clearTimeout(timer); timer = window.setTimeout(act, ms); };
  return Object.assign(run, { cancel: () => clearTimeout(timer) });
}
