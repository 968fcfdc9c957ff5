// Entry of the customers' pages.
import clock from "./clock";
import composer from "./composer";
import fields from "./fields";
import found from "./found";
import live from "./live";
import requestDraft from "./request-draft";
import searchBox from "./search-box";
import { start } from "./start";
import suggest from "./suggest";
import toast from "./toast";
import upload from "./upload";

const application = start({ clock, composer, fields, found, live, "request-draft": requestDraft, "search-box": searchBox, suggest, toast, upload });

/** First loads stay light: what few pages have comes with the first of them. */
const FEW = ["panes", "prose", "push", "share", "video"].map((name) => `[data-controller~="${name}"]`).join();

function few(): void {
  if (!document.querySelector(FEW)) return;
  for (const event of EVENTS) document.removeEventListener(event, few);
  void import("./few").then(({ default: controllers }) => { for (const [name, controller] of Object.entries(controllers)) application.register(name, controller); });
}

const EVENTS = ["turbo:load", "turbo:render", "turbo:frame-render"];
for (const event of EVENTS) document.addEventListener(event, few);
few();
