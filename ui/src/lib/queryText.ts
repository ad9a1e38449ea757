/**
 * Small edits of a query's text: put a term in, take a term out.
 * The language itself lives on the server (`/parse` gives the chips' spans).
 */

/** Terms written side by side mean AND; a query with OR in it needs parentheses first. */
function needsParentheses(q: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < q.length; i += 1) {
    const ch = q[i];
    if (quoted) {
      if (ch === "\\") i += 1;
      else if (ch === '"') quoted = false;
    } else if (ch === '"') quoted = true;
    else if (ch === "(") depth += 1;
    else if (ch === ")") depth -= 1;
    else if (depth === 0 && (i === 0 || /\s/.test(q[i - 1] ?? ""))) {
      if (/^(or\b|\|)/i.test(q.slice(i))) return true;
    }
  }
  return false;
}

/** The query narrowed by one more term. */
export function addTerm(q: string, term: string): string {
  const text = q.trim();
  if (text === "") return term;
  return needsParentheses(text) ? `(${text}) ${term}` : `${text} ${term}`;
}

/** The query without the characters of a span, and without an AND that this leaves hanging. */
export function cutSpan(q: string, span: readonly [number, number]): string {
  const before = q.slice(0, span[0]).replace(/\s*\bAND\s*$/i, "");
  const after = q.slice(span[1]);
  const rest = before.trim() === "" ? after.replace(/^\s*AND\b/i, "") : after;
  return `${before.trimEnd()} ${rest.trimStart()}`.trim();
}

/** The chip that reads as this term, if the query has it. */
export function findTerm<C extends { text: string }>(chips: readonly C[], term: string): C | null {
  const plain = (text: string) => text.replaceAll('"', "").toLowerCase();
  return chips.find((chip) => plain(chip.text) === plain(term)) ?? null;
}

/** A value as it must be written after `field:`. Two dots would be a range. */
export function quote(value: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.\-/]*$/u.test(value) && !/\.\.|\.$/.test(value)
    ? value
    : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
