// The dialog that asks where a link leads; an empty address takes the link off.
import type { Editor } from "@tiptap/core";

/** What people type, as an address: "example.com", "ana@example.com", "/a/keys". */
function address(typed: string): string {
  if (typed === "" || /^(https?:|mailto:|\/|#)/i.test(typed)) return typed;
  return typed.includes("@") ? `mailto:${typed}` : `https://${typed}`;
}

export function ask(dialog: HTMLDialogElement, field: HTMLInputElement, editor: Editor): void {
  field.value = String(editor.getAttributes("link")["href"] ?? "");
  dialog.returnValue = "";
  dialog.showModal();
}

export function answer(dialog: HTMLDialogElement, field: HTMLInputElement, editor: Editor): void {
  if (dialog.returnValue !== "set") return void editor.commands.focus();
  const href = address(field.value.trim());
  const chain = editor.chain().focus().extendMarkRange("link");
  if (href === "") chain.unsetLink().run();
  else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
  else chain.setLink({ href }).run();
}
