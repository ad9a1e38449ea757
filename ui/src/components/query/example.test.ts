import { expect, it } from "vitest";
import type { Field } from "~/api/types";
import { exampleQuery } from "./example";

const field = (name: string, part: Partial<Field>): Field => ({
  name,
  builtin: false,
  kinds: ["text"],
  count: 10,
  n_distinct: 3,
  min: null,
  max: null,
  ...part,
});

it("shows fields and values of this library", () => {
  expect(
    exampleQuery([
      field("size", { builtin: true, kinds: ["number"], min: "1", max: "9" }),
      field("id", { n_distinct: 4495, min: "a" }),
      field("kind of weather", { min: "light rain" }),
      field("hour", { kinds: ["number"], min: "0", max: "23" }),
    ]),
  ).toBe('"kind of weather":"light rain"   hour<12   name:*.jpg   is:unbatched');
});

it("says something where nothing is known", () => {
  expect(exampleQuery([])).toBe("name:*.jpg   is:unbatched");
  expect(exampleQuery([field("n", { kinds: ["number"], min: "5", max: "5" })])).toBe(
    "name:*.jpg   is:unbatched",
  );
});
