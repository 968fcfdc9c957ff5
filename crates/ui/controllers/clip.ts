// Puts words on the clipboard and says so on the button for a moment.

/** Where there is no clipboard (plain HTTP), the button says that instead. */
export async function say(button: HTMLElement, words: string, done: string): Promise<void> {
  const before = button.dataset["words"] ?? button.textContent ?? "";
  button.dataset["words"] = before;
  try {
    await navigator.clipboard.writeText(words);
    button.textContent = done;
  } catch {
    button.textContent = "Press Ctrl+C";
  }
  button.setAttribute("role", "status");
  setTimeout(() => {
    button.textContent = before;
    button.removeAttribute("role");
  }, 2000);
}
