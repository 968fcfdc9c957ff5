// What is known of a Markdown text without reading all of it: enough to tell whether the rich editor would lose something.

/** The words behind the fences of code, in order: "rust", "yaml title=x". */
export function fences(source: string): string[] {
  const found: string[] = [];
  let open: { sign: string; length: number } | null = null;
  for (const line of source.split("\n")) {
    const match = /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(`{3,}|~{3,})(.*)$/.exec(line);
    const [, marks = "", info = ""] = match ?? [];
    if (!marks) continue;
    const sign = marks.charAt(0);
    if (!open && !(sign === "`" && info.includes("`"))) {
      open = { sign, length: marks.length };
      found.push(info.trim());
    } else if (open && sign === open.sign && marks.length >= open.length && info.trim() === "") {
      open = null;
    }
  }
  return found;
}

/** Every letter and digit, without the numbers of lists: what is not in both texts was lost. */
export function letters(source: string): string {
  return source.replace(/^([\s>]*)\d+[.)](?=\s)/gm, "$1").replace(/[^\p{L}\p{N}]+/gu, "");
}
