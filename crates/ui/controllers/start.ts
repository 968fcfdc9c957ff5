// Starts Turbo and Stimulus, and what every page has: dialogs, the error summary, forms that lost their line.
import { Application, type ControllerConstructor } from "@hotwired/stimulus";
import { config } from "@hotwired/turbo";
import { watchDialogs } from "./dialog";
import { focusErrors, openField } from "./errors";
import { watchKeys } from "./keys";
import { keepEdited } from "./refresh";

/** Binds the controllers by name and starts; more can be bound to what it answers. */
export function start(controllers: Record<string, ControllerConstructor>): Application {
  config.drive.progressBarDelay = 200;
  const application = Application.start();
  for (const [name, controller] of Object.entries(controllers)) application.register(name, controller);
  watchDialogs();
  watchKeys();
  for (const event of ["turbo:load", "turbo:render", "turbo:frame-render"]) document.addEventListener(event, focusErrors);
  document.addEventListener("click", openField);
  document.addEventListener("turbo:load", showTabs);
  // A visit marks a ticket as read: nothing may be fetched before it is asked for.
  document.addEventListener("turbo:before-prefetch", (event) => event.preventDefault());
  document.addEventListener("turbo:frame-missing", showWhole);
  document.addEventListener("turbo:before-morph-attribute", keepOpen);
  document.addEventListener("turbo:before-morph-element", keepEdited);
  window.addEventListener("unhandledrejection", passOverAborts);
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.action.endsWith("/sign-out")) sessionStorage.clear();
  });
  return application;
}

/** Where not all tabs have room, the one that is open is seen. */
function showTabs(): void {
  for (const tab of document.querySelectorAll<HTMLElement>(".tabs > [aria-current]")) {
    const row = tab.parentElement;
    if (row) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

interface Missing extends Event { detail: { response: Response; visit: (to: Response) => void } }

/** An answer without the frame (signed out, gone, an error page) is shown as a whole page. */
function showWhole(event: Event): void {
  const { response, visit } = (event as Missing).detail;
  event.preventDefault();
  visit(response);
}

/** Turbo drops a request that a newer one replaces, and does not catch it when its body was being read: nothing failed. */
function passOverAborts(event: PromiseRejectionEvent): void {
  if (event.reason instanceof DOMException && event.reason.name === "AbortError") event.preventDefault();
}

/** What the person opened stays open when the page is drawn again. */
function keepOpen(event: Event): void {
  const { attributeName } = (event as CustomEvent<{ attributeName: string }>).detail;
  if (attributeName === "open" && event.target instanceof HTMLDetailsElement) event.preventDefault();
}
