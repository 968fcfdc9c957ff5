// `commandfor` for browsers that do not have it yet: show-modal and close on <dialog>.

/** Listens for buttons with `commandfor` where the browser does not. */
export function watchDialogs(): void {
  document.addEventListener("click", closeOnBackdrop);
  if (!("commandForElement" in HTMLButtonElement.prototype)) document.addEventListener("click", command);
}

function command(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest("button[commandfor]") : null;
  const dialog = button && document.getElementById(button.getAttribute("commandfor") ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (button?.getAttribute("command") === "close") dialog.close();
  else if (!dialog.open) dialog.showModal();
}

function closeOnBackdrop(event: MouseEvent): void {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || !dialog.open) return;
  const box = dialog.getBoundingClientRect();
  const isInside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!isInside) dialog.close();
}
