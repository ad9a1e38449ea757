/** How many annotations of each label an answer has. Pure. */
import type { Answer } from "../document/answer";

export function countLabels(answer: Answer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of answer.annotations) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
