/** The order of people by how they do on tasks with known answers. Pure. */
import type { PersonQuality } from "~/api/types";

/** Gold says more than training: its tasks are not known as such. */
const scoreOf = ({ gold_score, training_score }: PersonQuality): number =>
  gold_score ?? training_score ?? 2;

/** Who does worst comes first, then by name; who handed nothing in comes last. */
export const worstFirst = (people: readonly PersonQuality[]): PersonQuality[] =>
  people.toSorted(
    (a, b) => scoreOf(a) - scoreOf(b) || a.person.name.localeCompare(b.person.name, "en"),
  );
