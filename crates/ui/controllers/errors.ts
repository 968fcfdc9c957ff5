// The error summary takes the focus when a form comes back.
let last: Element | null = null;

/** Focuses a summary that was not there before. */
export function focusErrors(): void {
  const summary = document.querySelector<HTMLElement>(".error-summary");
  if (summary && summary !== last) summary.focus();
  last = summary;
}

/** A link of the summary to a field within a closed menu opens the menu. */
export function openField(event: Event): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>(".error-summary a[href^='#']") : null;
  const field = link ? document.getElementById(link.hash.slice(1)) : null;
  const menu = field?.closest<HTMLElement>("[popover]");
  if (!field || !menu || menu.matches(":popover-open")) return;
  event.preventDefault();
  menu.showPopover();
  field.focus();
}
