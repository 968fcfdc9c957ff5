// The service worker: shows what was pushed, with every page closed, and opens what is clicked. It keeps nothing and answers no request.

/** As the server's message says it. */
interface Said { title: string; body: string; tag: string; path: string }

// TypeScript's words for pages and for workers exclude each other: this is what is used of a worker.
interface Later extends Event { waitUntil(done: Promise<unknown>): void }
interface Pushed extends Later { data: { json(): unknown } | null }
interface Clicked extends Later { notification: Notification }
interface Worker extends EventTarget {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<unknown> };
}

const worker = self as unknown as Worker;

worker.addEventListener("push", (event) => (event as Pushed).waitUntil(show((event as Pushed).data?.json() as Said | undefined)));

worker.addEventListener("notificationclick", (event) => {
  const { notification } = event as Clicked;
  notification.close();
  (event as Clicked).waitUntil(worker.clients.openWindow(String(notification.data)));
});

/** A later one about the same thing takes the place of the earlier. */
async function show(said: Said | undefined): Promise<void> {
  if (!said) return;
  await worker.registration.showNotification(said.title, { body: said.body, tag: said.tag, data: said.path });
}
