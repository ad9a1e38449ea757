import { expect, test } from "vitest";
import { atLines, inChunks, readKnownFile } from "./knownFile";

const good = (id: string) =>
  JSON.stringify({ asset_id: id, response: { fields: { kind: "cat" } } });

test("each line is an answer that knows its line; blank ones are nothing", () => {
  const { lines, problems } = readKnownFile(`\uFEFF${good("ast_1")}\r\n\n${good("ast_2")}\n`);
  expect(problems).toEqual([]);
  expect(lines.map(({ line, item }) => [line, item.asset_id])).toEqual([
    [1, "ast_1"],
    [3, "ast_2"],
  ]);
  expect(lines[0]?.item).toEqual({
    asset_id: "ast_1",
    response: { annotations: [], fields: { kind: "cat" } },
    note: "",
  });
});

test("what is wrong is told at its line", () => {
  const rows = [
    "nonsense",
    "[1]",
    '{"response": {}}',
    '{"asset_id": "a"}',
    '{"asset_id": "a", "response": {}, "note": 3}',
    '{"asset_id": "a", "response": {}, "nota": "x"}',
    good("ast_1"),
    good("ast_1"),
  ];
  const { lines, problems } = readKnownFile(rows.join("\n"));
  expect(lines.map(({ line }) => line)).toEqual([7]);
  expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 8]);
  expect(problems.at(-1)?.message).toContain("line 7");
  expect(readKnownFile("\n").problems).toEqual([{ line: 1, message: "The file has no answers." }]);
});

test("the server's places are lines again, also of a later request", () => {
  const sent = [4, 6, 7].map((line) => ({
    line,
    item: { asset_id: `ast_${line}`, response: { annotations: [], fields: {} }, note: "" },
  }));
  expect(
    atLines(
      [
        { path: "items[1].response.fields.kind", message: "is not an option" },
        { path: "items[2].asset_id", message: "is not a task of this batch" },
        { path: "items", message: "must be 1 to 1000" },
      ],
      sent,
    ),
  ).toEqual([
    { line: 6, message: "response.fields.kind is not an option" },
    { line: 7, message: "asset_id is not a task of this batch" },
    { line: 4, message: "items must be 1 to 1000" },
  ]);
  expect(inChunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});
