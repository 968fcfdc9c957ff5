// "Notify me in this browser": asks for permission, subscribes at the browser's push service, and tells the server where.
import { Controller } from "@hotwired/stimulus";

/** The id of this browser's row, to know it again. */
const KNOWN = "push.browser";
const API = "/api/notifications/browsers";
const DENIED = "This browser does not let this site notify you. Allow notifications for it in the browser's settings, then load this page again.";
const FAILED = "This browser could not be added. Try again in a minute.";

export default class extends Controller<HTMLElement> {
  static override targets = ["add", "here", "says"];
  static override values = { key: String };
  declare readonly addTarget: HTMLButtonElement;
  declare readonly hereTargets: HTMLElement[];
  declare readonly saysTarget: HTMLElement;
  declare readonly keyValue: string;

  override connect(): void {
    this.look();
  }

  /** Says how it stands with this browser; again when the page was drawn anew around it. */
  look(): void {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
      this.saysTarget.textContent = "This browser can't notify you when the page is closed.";
      return;
    }
    this.saysTarget.textContent = "";
    const here = this.hereTargets.find((mark) => mark.closest<HTMLElement>("[data-browser]")?.dataset["browser"] === localStorage.getItem(KNOWN));
    if (here && Notification.permission === "granted") here.hidden = false;
    else if (Notification.permission === "denied") this.saysTarget.textContent = DENIED;
    else this.addTarget.hidden = false;
  }

  async add(): Promise<void> {
    this.addTarget.setAttribute("aria-busy", "true");
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        this.saysTarget.textContent = Notification.permission === "denied" ? DENIED : "Nothing was changed.";
        this.addTarget.hidden = Notification.permission === "denied";
        return;
      }
      await tell(await subscribe(this.keyValue));
      location.reload();
    } catch (error) {
      console.warn("no subscription", error);
      this.saysTarget.textContent = FAILED;
    } finally {
      this.addTarget.removeAttribute("aria-busy");
    }
  }
}

/** The subscription of this browser; one for another key than the server's is given up. */
async function subscribe(key: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  const bytes = Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (digit) => digit.charCodeAt(0));
  const isOurs = old?.options.applicationServerKey && new Uint8Array(old.options.applicationServerKey).every((byte, at) => byte === bytes[at]);
  if (old && isOurs) return old;
  await old?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes });
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(API, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"] }) });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const { id } = (await answer.json()) as { id: string };
  localStorage.setItem(KNOWN, id);
}
