import { expect, test } from "vitest";
import type { PersonQuality } from "~/api/types";
import { worstFirst } from "./worstFirst";

const person = (name: string, gold: number | null, training: number | null): PersonQuality => ({
  person: { id: name, name },
  n_gold: gold === null ? 0 : 5,
  gold_score: gold,
  n_training: training === null ? 0 : 5,
  training_score: training,
  last_at: "2026-11-26T10:00:00Z",
});

test("the worst on gold comes first; training counts where there is no gold; nothing comes last", () => {
  const order = worstFirst([
    person("nothing", null, null),
    person("good", 0.95, 0.1),
    person("b", 0.5, 1),
    person("a", 0.5, 0),
    person("learner", null, 0.7),
  ]).map(({ person: { name } }) => name);
  expect(order).toEqual(["a", "b", "learner", "good", "nothing"]);
});
