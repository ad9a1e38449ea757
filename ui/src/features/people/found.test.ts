import { expect, test } from "vitest";
import type { Member } from "~/api/types";
import { found } from "./found";

const member = (name: string, email: string) =>
  ({ user: { id: name, name, email }, roles: [], paused_at: null }) as unknown as Member;
const members = [
  member("Anna Petrova", "anna@example.org"),
  member("Ben Hahn", "b.hahn@anna.example"),
  member("Cleo Hahn", "cleo@example.org"),
];
const names = (words: string) => found(members, words).map(({ user }) => user.name);

test("a member is found by parts of the name and of the e-mail, all of which must be there", () => {
  expect(names("")).toHaveLength(3);
  expect(names("ANNA")).toEqual(["Anna Petrova", "Ben Hahn"]);
  expect(names(" hahn cleo ")).toEqual(["Cleo Hahn"]);
  expect(names("nobody")).toEqual([]);
});
