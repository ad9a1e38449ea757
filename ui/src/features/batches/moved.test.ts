import { describe, expect, it } from "vitest";
import type { BatchKind, PlacedBatch } from "~/api/types";
import { moved, reach } from "./moved";

describe("moved", () => {
  it.each([
    [0, 2, "bca"],
    [2, 0, "cab"],
    [1, 1, "abc"],
    [0, 3, "abc"],
    [0, -1, "abc"],
    [5, 0, "abc"],
  ])("from %i to %i", (from, to, wanted) => {
    expect(moved([..."abc"], from, to).join("")).toBe(wanted);
  });
});

it("keeps calibration before the rest", () => {
  const kinds: BatchKind[] = ["calibration", "calibration", "production", "self_label"];
  const list = kinds.map((kind): PlacedBatch => ({
    id: kind,
    name: "",
    kind,
    state: "in_progress",
    priority: 0,
    by_hand: false,
    due_at: null,
    created_at: "",
    pending: 0,
    to_review: 0,
    reason: "last",
  }));
  expect(reach(list, 0)).toEqual([0, 1]);
  expect(reach(list, 3)).toEqual([2, 3]);
});
