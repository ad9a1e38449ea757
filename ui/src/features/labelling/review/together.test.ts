import { expect, test } from "vitest";
import type { Agreement, TaskAnswer, Taxonomy } from "~/api/types";
import { answersOf, MERGED_SLOT, saidOn, sentBackBy, together, togetherTaxonomy } from "./together";

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

const AGREEMENT: Agreement = {
  score: 0.5,
  disputed: true,
  questions: [],
  labels: [],
  pairs: [],
  apart: [{ answer: 1, uuid: "u" }],
  merged: { by: "majority", response: { annotations: [], fields: { kind: "cat" } } },
};

test("one can be hidden among all, and what everybody marked left out", () => {
  const answers = [answer(0, "Anna", "cat"), answer(2, "Ben", "cat")];
  const uuids = (laid: Parameters<typeof together>[1]) =>
    together(answers, laid).annotations.map(({ uuid }) => uuid);
  expect(uuids({ hidden: new Set([0]), apart: null })).toEqual(["2:u"]);
  expect(uuids({ hidden: new Set(), apart: AGREEMENT })).toEqual(["2:u"]);
  expect(uuids({ hidden: new Set([1]), apart: AGREEMENT })).toEqual([]);
});

test("the merged answer is one more, behind the others, in a slot of nobody", () => {
  const answers = [answer(0, "Anna", "cat"), answer(1, "Ben", "cat")];
  const all = answersOf({ answers, agreement: AGREEMENT });
  expect(all.map(({ slot }) => slot)).toEqual([0, 1, MERGED_SLOT]);
  expect(all.at(-1)?.response.fields).toEqual({ kind: "cat" });
  expect(answersOf({ answers, agreement: null })).toBe(answers);
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
