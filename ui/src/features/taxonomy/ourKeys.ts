/** The letters that the labelling page uses itself, and which of them a taxonomy takes. Pure. */
import type { Taxonomy } from "~/api/types";

/** Letters of the labelling page; a label's key wins, ours then needs alt. */
export const OURS: Readonly<Record<string, string>> = {
  s: "skip",
  r: "give back",
  i: "instructions",
  q: "next question",
  a: "attributes",
  v: "select",
  b: "box",
  p: "polygon",
  h: "hide",
  x: "pre-label",
};

/** "Skip is Alt+S, hide is Alt+H"; empty when the taxonomy takes none of our letters. */
export function shadowedText({ labels, fields }: Taxonomy): string {
  const keys = [
    ...labels.map(({ hotkey }) => hotkey),
    ...fields.flatMap(({ options = [] }) => options.map(({ hotkey }) => hotkey)),
  ];
  const taken = Object.entries(OURS).filter(([key]) => keys.includes(key));
  return taken.map(([key, what]) => `${what} is Alt+${key.toUpperCase()}`).join(", ");
}
