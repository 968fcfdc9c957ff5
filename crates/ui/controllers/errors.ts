// The error summary takes the focus when a form comes back.
let last: Element | null = null;

/** Focuses a summary that was not there before. */
export function focusErrors(): void {
  const summary = document.querySelector<HTMLElement>(".error-summary");
  if (summary && summary !== last) summary.focus();
  last = summary;
}
