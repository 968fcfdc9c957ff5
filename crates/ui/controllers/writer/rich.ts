// The rich editor: TipTap over the text of the form. It is loaded when somebody writes an article.
import { Editor } from "@tiptap/core";
import { readable } from "./from-html";
import { alt, picturesOf, type Picture } from "./pictures";
import { extensions } from "./schema";
import { markdown } from "./to-markdown";

interface Hooks { changed: () => void; moved: () => void; send: (file: File) => Promise<Picture | null> }

export class Rich {
  readonly editor: Editor;
  /** Where pictures that are on their way will stand. */
  private readonly waiting = new Set<{ at: number }>();

  constructor(place: HTMLElement, html: string, source: string, label: string, describedBy: string, private readonly hooks: Hooks) {
    this.editor = new Editor({
      element: place, extensions, content: readable(html, source).innerHTML, injectCSS: false,
      editorProps: {
        attributes: { class: "prose", role: "textbox", "aria-multiline": "true", "aria-label": label, "aria-describedby": describedBy, spellcheck: "true" },
        handlePaste: (_view, event) => this.take(picturesOf(event.clipboardData), this.editor.state.selection.from),
        handleDrop: (view, event) => this.take(picturesOf(event.dataTransfer), view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? view.state.selection.from),
      },
      onUpdate: () => hooks.changed(),
      onTransaction: ({ transaction }) => { for (const one of this.waiting) one.at = transaction.mapping.map(one.at); hooks.moved(); },
    });
  }

  get markdown(): string { return markdown(this.editor.state.doc); }

  destroy(): void { this.editor.destroy(); }

  /** Pictures go where they were put, also when one writes on meanwhile. */
  take(files: File[], at: number): boolean {
    for (const file of files) void this.put(file, at);
    return files.length > 0;
  }

  private async put(file: File, at: number): Promise<void> {
    const place = { at };
    this.waiting.add(place);
    const picture = await this.hooks.send(file);
    this.waiting.delete(place);
    if (picture && !this.editor.isDestroyed) this.editor.chain().insertContentAt(place.at, { type: "image", attrs: { src: picture.url, alt: alt(picture.name) } }).run();
  }
}
