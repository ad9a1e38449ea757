/** What a file of metadata changes is found to say before it is sent. */
import { expect, test } from "vitest";
import { patchFormat, sketchPatch } from "./patchFile";

test("the name says the form", () => {
  expect(patchFormat("a/scores.CSV")).toBe("csv");
  expect(patchFormat("scores.tsv")).toBe("csv");
  expect(patchFormat("scores.ndjson")).toBe("jsonl");
  expect(patchFormat("scores.json")).toBeNull();
});

test("a CSV: the key, the fields, their values, quotes and other delimiters", () => {
  const text =
    '\uFEFFref;note;"score"\r\na;"one; ""two""";0.5\r\nb;;0.5\r\n\r\nc;"line\r\nbreak";1\r\n';
  const sketch = sketchPatch(text, "csv", true);
  expect(sketch).toMatchObject({ key: "ref", keySamples: ["a", "b", "c"], rows: 3, whole: true });
  expect(sketch.problem).toBeNull();
  expect(sketch.fields).toEqual([
    { name: "note", samples: ['one; "two"', "line\r\nbreak"], removes: false },
    { name: "score", samples: ["0.5", "1"], removes: false },
  ]);
});

test("a CSV that cannot be sent says why", () => {
  const why = (text: string) => sketchPatch(text, "csv", true).problem?.message;
  expect(why("")).toBe("The file is empty.");
  expect(why("name,score\na,1\n")).toBe("No column says which asset a row is for.");
  expect(why("id,ref,score\na,b,1\n")).toBe("Both id and ref say which asset a row is for.");
  expect(why("ref\na\n")).toBe("There is no column with a field to change.");
  expect(why("ref,score\n")).toBe("There is a header, and no row below it.");
});

test("what is cut off at the end of the look is left out", () => {
  const csv = sketchPatch("ref,score\na,1\nb,2", "csv", false);
  expect(csv).toMatchObject({ rows: 1, whole: false, keySamples: ["a"] });
  const jsonl = sketchPatch('{"ref":"a","metadata":{"x":1}}\n{"ref":"b","meta', "jsonl", false);
  expect(jsonl).toMatchObject({ rows: 1, whole: false, keySamples: ["a"] });
});

test("a JSONL: what is set and what is removed; bad lines are the server's to report", () => {
  const text = [
    '{"id":"ast_1","metadata":{"score":0.5,"prediction":{"class":"cat"}}}',
    "not json",
    '{"id":"ast_2","metadata":{"score":0.7,"old":null}}',
    "",
  ].join("\n");
  const sketch = sketchPatch(text, "jsonl", true);
  expect(sketch).toMatchObject({ key: "id", rows: 3, whole: true, problem: null });
  expect(sketch.fields).toEqual([
    { name: "score", samples: ["0.5", "0.7"], removes: false },
    { name: "prediction", samples: ['{"class":"cat"}'], removes: false },
    { name: "old", samples: [], removes: true },
  ]);
});

test("a JSONL of something else is not sent", () => {
  const why = (text: string) => sketchPatch(text, "jsonl", true).problem?.message;
  expect(why('{"name":"a"}\n')).toBe("No line is a change.");
  expect(why('[{"ref":"a","metadata":{}}]\n')).toBe("No line is a change.");
  expect(why('{"metadata":{"a":1}}\n')).toBe("No line says which asset it is for.");
});
