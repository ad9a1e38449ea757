/** What became of a file of annotations, in words. */
import { expect, test } from "vitest";
import type { AnnotationsAdded } from "~/api/types";
import { newsIn, saidWords, taxonomyWords } from "./annotationWords";

type Part = Partial<Omit<AnnotationsAdded, "prelabels">> & {
  prelabels?: Partial<AnnotationsAdded["prelabels"]>;
};

const report = ({ prelabels, ...rest }: Part): AnnotationsAdded => ({
  assets: 3,
  found: 3,
  assets_added: 0,
  not_found: 0,
  assets_addable: 0,
  not_found_first: [],
  answers: 2,
  predictions: 1,
  annotations: 9,
  prelabels: { added: 0, replaced: 0, unchanged: 0, refused: 0, problems: [], ...prelabels },
  sources: [],
  taxonomy: null,
  notes: [],
  dry_run: true,
  ...rest,
});

test("what would come in, and what is in", () => {
  const some = { prelabels: { added: 2, replaced: 1 } };
  expect(saidWords(report(some))).toBe(
    "The file has 2 answers and 1 prediction. 3 pre-labels would come in.",
  );
  expect(saidWords(report({ ...some, assets_added: 1, dry_run: false }))).toBe(
    "The file has 2 answers and 1 prediction. 1 asset and 3 pre-labels are in.",
  );
  const one = { predictions: 0, answers: 1, prelabels: { added: 1 }, dry_run: false };
  expect(saidWords(report(one))).toBe("The file has 1 answer. 1 pre-label is in.");
  expect(newsIn(report({}))).toEqual([]);
});

test("when nothing comes in it says why", () => {
  expect(saidWords(report({ prelabels: { unchanged: 3 } }))).toMatch(
    /All that fits is here already/,
  );
  expect(saidWords(report({ answers: 0, predictions: 0 }))).toBe(
    "The file has no answers. Nothing of it can be imported here.",
  );
});

test("the taxonomy that a project gets", () => {
  expect(taxonomyWords(report({}))).toBe("");
  expect(taxonomyWords(report({ taxonomy: { labels: 12, fields: 1 } }))).toBe(
    "The project has no taxonomy: it gets one of 12 labels and 1 field.",
  );
  expect(taxonomyWords(report({ taxonomy: { labels: 0, fields: 2 }, dry_run: false }))).toBe(
    "The project had no taxonomy: it got one of 2 fields.",
  );
});
