import { describe, expect, it } from "vitest";
import { dueField, isOverdue, orderText, servingForm, servingLack, servingOf } from "./serving";

const ref = (id: string) => ({ id, name: id });

describe("servingForm and servingOf", () => {
  it.each([
    "upload" as const,
    { shuffled: { seed: 7 } },
    { field: { by: "score", descending: true } },
  ])("keeps %j", (order) => {
    const batch = {
      open_to: { groups: [ref("grp_1")], people: [ref("usr_1")] },
      order,
      due_at: "2027-01-02T03:04:00.000Z",
      prelabels: "yolo-v8",
    };
    expect(servingOf(servingForm(batch))).toEqual({
      open_to: { groups: ["grp_1"], people: ["usr_1"] },
      order,
      due_at: "2027-01-02T03:04:00.000Z",
      prelabels: "yolo-v8",
    });
  });

  it("has no due date when there is none", () => {
    expect(dueField(null)).toBe("");
    const form = servingForm({
      open_to: { groups: [], people: [] },
      order: "upload",
      due_at: null,
      prelabels: null,
    });
    expect(servingOf(form).due_at).toBeNull();
    expect(servingOf(form).prelabels).toBeNull();
    expect(servingLack({ ...form, orderKind: "field" })).not.toBeNull();
  });
});

it("says the order in words", () => {
  expect(orderText("upload")).toBe("In upload order");
  expect(orderText({ field: { by: "score" } })).toBe("By score, least first");
  expect(orderText({ shuffled: { seed: 3 } })).toBe("Shuffled, seed 3");
});

it("is overdue when it has passed and the batch has not ended", () => {
  const now = Date.parse("2027-01-02T03:04:00Z");
  const due = (due_at: string | null, state: "paused" | "completed") =>
    isOverdue({ due_at, state }, now);
  expect(due("2027-01-02T03:03:59Z", "paused")).toBe(true);
  expect(due("2027-01-02T03:03:59Z", "completed")).toBe(false);
  expect(due("2027-01-02T03:05:00Z", "paused")).toBe(false);
  expect(due(null, "paused")).toBe(false);
});
