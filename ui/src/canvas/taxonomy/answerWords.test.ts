import { expect, test } from "vitest";
import type { Response as Answer, Taxonomy } from "~/api/types";
import { answerWords, knowing } from "./answerWords";

const taxonomy: Taxonomy = {
  labels: [
    { name: "car", title: "Car", color: "#e03131", hotkey: null, tools: ["box"], attributes: [] },
  ],
  fields: [
    { id: "kind", title: "What is it?", type: "single", options: [{ value: "cat", title: "Cat" }] },
  ],
};
const answer: Answer = {
  annotations: [
    { uuid: "a", type: "box", label: "car", left: 0, top: 0, width: 1, height: 1, attributes: {} },
  ],
  fields: { kind: "cat", mood: "sad" },
};

test("an answer reads by its titles, and what the taxonomy does not have by its ids", () => {
  expect(answerWords(answer, taxonomy)).toBe("What is it?: Cat; 1 × Car");
  expect(answerWords(answer, knowing(taxonomy, answer))).toBe(
    "What is it?: Cat; mood: sad; 1 × Car",
  );
  const none: Taxonomy = { labels: [], fields: [] };
  expect(answerWords(answer, knowing(none, answer))).toBe("kind: cat; mood: sad; 1 × car");
});
