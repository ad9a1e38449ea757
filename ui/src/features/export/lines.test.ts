import { expect, it } from "vitest";
import { cliLine, curlLine, shell } from "./lines";

const choice = {
  projectId: "prj_1",
  format: "jsonl",
  answers: "labelled",
  q: 'city:"San Jose"',
} as const;

it("quotes for the shell", () => {
  expect(shell("plain-1.txt")).toBe("plain-1.txt");
  expect(shell("it's here")).toBe(`'it'\\''s here'`);
});

it("writes lines that do the same", () => {
  expect(curlLine(choice, "http://h")).toContain(
    "'http://h/api/projects/prj_1/export?format=jsonl&answers=labelled&q=city%3A%22San+Jose%22'",
  );
  expect(cliLine(choice, "Street scenes")).toBe(
    `sheaf export --project 'Street scenes' --format jsonl --query 'city:"San Jose"' > answers.jsonl`,
  );
  expect(cliLine({ ...choice, batch: "bat_1", answers: "all" }, "P", "Night 1")).toBe(
    "sheaf export --project P --format jsonl --batch 'Night 1' --all > answers.jsonl",
  );
  const merged = { ...choice, q: "", merged: "majority" } as const;
  expect(curlLine(merged, "http://h")).toContain("answers=labelled&merged=majority");
  expect(cliLine(merged, "P")).toBe(
    "sheaf export --project P --format jsonl --merged majority > answers.jsonl",
  );
});
