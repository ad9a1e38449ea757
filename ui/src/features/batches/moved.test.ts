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

it("keeps training before calibration, and that before the rest", () => {
  const kinds: BatchKind[] = [
    "training",
    "calibration",
    "calibration",
    "production",
    "self_label",
    "gold",
  ];
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
  expect(list.map((_, at) => reach(list, at))).toEqual([
    [0, 0],
    [1, 2],
    [1, 2],
    [3, 4],
    [3, 4],
    [5, 5],
  ]);
});
