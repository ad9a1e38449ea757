import { expect, test } from "vitest";
import type { TaskAnswer, Taxonomy } from "~/api/types";
import { saidOn, sentBackBy, together, togetherTaxonomy } from "./together";

const TAXONOMY: Taxonomy = {
  labels: [{ name: "car", title: "Car", color: "#e03131", tools: ["box"], attributes: [] }],
  fields: [
    { id: "kind", title: "Kind", type: "single", options: [{ value: "cat", title: "Cat" }] },
  ],
};

function answer(slot: number, name: string, kind: string): TaskAnswer {
  return {
    submission_id: `sub_${slot}`,
    slot,
    by: { id: name, name },
    at: "",
    seconds: 3,
    taxonomy_version: 1,
    response: {
      // The same uuid on purpose: a fixed or imported answer may repeat it.
      annotations: [
        {
          uuid: "u",
          type: "box",
          label: "car",
          left: 0,
          top: 0,
          width: 1,
          height: 1,
          attributes: {},
        },
      ],
      fields: kind === "" ? {} : { kind },
    },
  };
}

test("over each other, every annotation is somebody's, in a colour of their own", () => {
  const answers = [answer(0, "Anna", "cat"), answer(2, "Ben", "cat")];
  const shown = together(answers);
  expect(new Set(shown.annotations.map(({ uuid }) => uuid)).size).toBe(2);
  const { labels } = togetherTaxonomy(TAXONOMY, answers);
  const own = shown.annotations.map(({ label }) => labels.find(({ name }) => name === label));
  expect(own.map((label) => label?.title)).toEqual(["Car · Anna", "Car · Ben"]);
  expect(new Set(own.map((label) => label?.color)).size).toBe(2);
});

test("what is said on a question: the most frequent first, no answer is one too", () => {
  const answers = [answer(0, "A", ""), answer(1, "B", "cat"), answer(2, "C", "cat")];
  expect(saidOn(TAXONOMY.fields[0]!, answers)).toEqual([
    { text: "Cat", by: [1, 2] },
    { text: "", by: [0] },
  ]);
});

test("the note of a task sent back is that of the last rejection", () => {
  const review = (verdict: "accepted" | "rejected", note: string) => ({
    review_id: note,
    level: 1,
    verdict,
    note,
    slots: [],
    by: null,
    at: "",
  });
  const reviews = [review("rejected", "one"), review("rejected", "two"), review("accepted", "")];
  expect(sentBackBy({ round: 3, reviews })?.note).toBe("two");
  expect(sentBackBy({ round: 1, reviews: [] })).toBe(null);
});
