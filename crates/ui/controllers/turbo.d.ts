/** The parts of Turbo 8 that we use; the package has no types of its own. */
declare module "@hotwired/turbo" {
  interface MorphOptions { callbacks?: { beforeNodeMorphed?: (current: Node, next?: Node) => boolean } }
  export const config: { drive: { progressBarDelay: number } };
  export function visit(location: string, options?: { action?: "advance" | "replace" | "restore"; frame?: string }): void;
  export function morphElements(current: Element, next: Element, options?: MorphOptions): void;
  export function morphChildren(current: Element, next: Element, options?: MorphOptions): void;
  export interface FrameElement extends HTMLElement { reload(): Promise<void> }
  export interface FetchResponse { readonly responseHTML: Promise<string | undefined>; readonly redirected: boolean }
}
