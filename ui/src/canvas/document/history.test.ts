import { expect, test } from "vitest";
import {
  canRedo,
  canUndo,
  commit,
  HISTORY_LIMIT,
  redo,
  sealed,
  startHistory,
  undo,
} from "./history";

test("undo and redo walk the same states", () => {
  let history = startHistory(0);
  for (const state of [1, 2, 3]) history = commit(history, state);
  history = undo(undo(history));
  expect(history.present).toBe(1);
  history = redo(history);
  expect(history.present).toBe(2);
  history = commit(history, 9);
  expect(canRedo(history)).toBe(false);
  expect(undo(history).present).toBe(2);
});

test("nothing to undo or redo is no change", () => {
  const history = startHistory("a");
  expect(undo(history)).toBe(history);
  expect(redo(history)).toBe(history);
  expect(commit(history, "a")).toBe(history);
});

test("steps with one merge key are one step, until sealed", () => {
  let history = commit(startHistory(0), 1, "nudge");
  history = commit(commit(history, 2, "nudge"), 3, "nudge");
  expect(undo(history).present).toBe(0);
  history = commit(sealed(history), 4, "nudge");
  expect(undo(history).present).toBe(3);
  expect(undo(commit(history, 5, "other")).present).toBe(4);
});

test("an undone step is not merged into", () => {
  let history = commit(commit(startHistory(0), 1, "k"), 2, "k");
  history = commit(undo(history), 7, "k");
  expect(undo(history).present).toBe(0);
});

test("the past is bounded", () => {
  let history = startHistory(0);
  for (let i = 1; i <= HISTORY_LIMIT + 50; i += 1) history = commit(history, i);
  let steps = 0;
  while (canUndo(history)) {
    history = undo(history);
    steps += 1;
  }
  expect(steps).toBe(HISTORY_LIMIT);
  expect(history.present).toBe(50);
});
