/** The address that a source and a folder below it come to. */
import { expect, test } from "vitest";
import { folderBelow } from "./bucket";

test("a folder is below its source, with one slash between", () => {
  const of = (source: string, typed: string) => folderBelow(source, typed).address;
  expect(of("s3://photos", "")).toBe("s3://photos");
  expect(of("s3://photos/raw/", "2026/11")).toBe("s3://photos/raw/2026/11");
  expect(of("gs://photos", " /2026/ ")).toBe("gs://photos/2026");
  expect(of("az://photos", "cam a/ü")).toBe("az://photos/cam a/ü");
});

test("what the server would refuse is told before", () => {
  const why = (typed: string) => folderBelow("s3://photos", typed).problem;
  expect(why("a/../b")).toContain("“..”");
  expect(why("a%20b")).toContain("%");
  expect(why("a//b")).toBe("There is a slash too many.");
  expect(why("s3://photos/2026")).toBe("Write only what comes after s3://photos/.");
  expect(why("..a/b..")).toBeNull();
});
