import { expect, test } from "vitest";
import type { Annotation, Response, Taxonomy } from "~/api/types";
import { feedbackRows, spokenFeedback, verdictWords } from "./feedback";

const taxonomy: Taxonomy = {
  labels: [
    { name: "car", title: "Car", color: "#000000", tools: ["box"], attributes: [] },
    { name: "bus", color: "#000000", tools: ["box"], attributes: [] },
  ],
  fields: [
    {
      id: "kind",
      title: "What is it?",
      type: "single",
      options: [{ value: "cat", title: "Cat" }, { value: "dog" }],
    },
    { id: "wet", title: "Wet?", type: "boolean" },
    { id: "more", title: "More", type: "text" },
  ],
};
const box = (label: string): Annotation => ({
  uuid: label,
  type: "box",
  label,
  left: 0,
  top: 0,
  width: 1,
  height: 1,
  attributes: {},
});
const yours: Response = {
  annotations: [box("car"), box("bus"), box("bus")],
  fields: { kind: "cat" },
};
const known: Response = { annotations: [box("car")], fields: { kind: "dog", wet: false } };
const told = (score: number, response = known, note = "") => ({
  name: "a.png",
  taxonomy,
  yours,
  feedback: { score, response, note },
});

test("questions, then labels, each with both answers; what neither said is left out", () => {
  expect(feedbackRows(told(0.4))).toEqual([
    { what: "What is it?", yours: "Cat", known: "dog", same: false },
    { what: "Wet?", yours: "", known: "No", same: false },
    // As many, but whether in the same place only the picture says.
    { what: "Car", yours: "1 marked", known: "1 marked", same: null },
    { what: "bus", yours: "2 marked", known: "0 marked", same: false },
  ]);
  expect(feedbackRows(told(1, yours)).every(({ same }) => same === true)).toBe(true);
});

test("it is said to a screen reader with what differs, the note and the key", () => {
  const said = spokenFeedback(told(0.4, known, "It barks."));
  expect(said).toBe(
    "Training: a.png. Partly right, score 0.40. What is it?: you said Cat, known is dog. " +
      "Wet?: you said nothing, known is No. bus: you said 2 marked, known is 0 marked. " +
      "It barks. Press Enter to go on.",
  );
  expect([1, 0.99, 0.5, 0].map(verdictWords)).toEqual([
    "All right",
    "Nearly right",
    "Partly right",
    "Not right",
  ]);
});
