import { describe, expect, it } from "vitest";
import type { NewStandingBatch, StandingBatch } from "~/api/types";
import {
  bodyOf,
  formOf,
  lackOf,
  nameFor,
  nextTimes,
  offsetText,
  startForm,
  triggerText,
} from "./standing";

const form = { ...startForm("weather:rain", 60), name: "night" };

/** As the server sends it: whom it is open to by name. */
const asSent = (body: NewStandingBatch) => {
  const refs = (ids: string[] = []) => ids.map((id) => ({ id, name: id }));
  const { groups, people } = body.open_to;
  return {
    ...body,
    open_to: { groups: refs(groups), people: refs(people) },
  } as unknown as StandingBatch;
};

describe("standing batches", () => {
  it("sends what the form says, and reads it back", () => {
    const body = bodyOf({ ...form, pick: "random", count: 200 });
    expect(body).toEqual({
      name: "night",
      query: "weather:rain",
      exclude: { batched: "any" },
      pick: { random: { count: 200 } },
      trigger: { daily: { at: "02:00", utc_offset_minutes: 60 } },
      name_pattern: "night {date}",
      kind: "production",
      priority: 0,
      overlap: 1,
      review_levels: 0,
      open_to: { groups: [], people: [] },
      order: "upload",
      due_hours: null,
      prelabels: null,
      launch: true,
      catch_up: "once",
    });
    expect(bodyOf(formOf(asSent(body), 0))).toEqual(body);
    const quota = bodyOf({ ...form, when: "matches", every: 50, pick: "quota", by: "city" });
    expect(quota.pick).toEqual({ quota: { count: 1000, by: "city", fill: false } });
    expect(quota.name_pattern).toBe("night {n}");
    expect(bodyOf(formOf(asSent(quota), 0))).toEqual(quota);
    const served = bodyOf({
      ...form,
      openTo: ["usr_2", "grp_1"],
      orderKind: "field",
      orderBy: "hour",
      descending: true,
      dueHours: 36,
      prelabels: "yolo-v8",
    });
    expect(served).toMatchObject({
      open_to: { groups: ["grp_1"], people: ["usr_2"] },
      order: { field: { by: "hour", descending: true } },
      due_hours: 36,
      prelabels: "yolo-v8",
    });
    expect(bodyOf(formOf(asSent(served), 0))).toEqual(served);
    const none = bodyOf({ ...form, exclude: false });
    expect(none.exclude).toEqual({ batched: "none" });
    expect(bodyOf(formOf(asSent(none), 0))).toEqual(none);
  });

  it("says what is missing", () => {
    expect(lackOf(form)).toBeNull();
    expect(lackOf({ ...form, name: " " })).toMatch(/name/);
    expect(lackOf({ ...form, pattern: "always the same" })).toBeNull();
    expect(lackOf({ ...form, pattern: "{date} {day}" })).toMatch(/^{day} means nothing/);
    expect(lackOf({ ...form, pattern: "a {n" })).toMatch(/means nothing/);
    expect(lackOf({ ...form, at: "" })).toMatch(/time/);
    expect(lackOf({ ...form, pick: "top" })).toMatch(/field/);
    expect(lackOf({ ...form, orderKind: "field" })).toMatch(/field to order by/);
  });

  it("knows the next times in another zone", () => {
    const now = Date.UTC(2026, 10, 26, 0, 30);
    const utc = (ms: number) => new Date(ms).toISOString().slice(0, 16);
    expect(nextTimes("02:00", 60, now, 2).map(utc)).toEqual([
      "2026-11-26T01:00",
      "2026-11-27T01:00",
    ]);
    expect(nextTimes("01:30", 60, now, 1).map(utc)).toEqual(["2026-11-27T00:30"]);
    expect(nextTimes("23:00", -300, now, 1).map(utc)).toEqual(["2026-11-26T04:00"]);
  });

  it("names a run by its own zone", () => {
    const at = Date.UTC(2026, 10, 26, 23, 30);
    expect(nameFor("night {date} {time} #{n}", at, 60, 7)).toBe("night 2026-11-27 00:30 #7");
  });

  it("writes triggers in words", () => {
    expect(triggerText({ daily: { at: "02:00", utc_offset_minutes: -210 } })).toBe(
      "every day at 02:00 UTC−3:30",
    );
    expect(triggerText({ matches: { every: 1500 } })).toBe("at every 1,500 new matches");
    expect(offsetText(0)).toBe("UTC");
    expect(offsetText(345)).toBe("UTC+5:45");
  });
});
