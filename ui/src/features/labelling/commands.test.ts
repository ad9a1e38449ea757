import { expect, test } from "vitest";
import { taxonomyHotkeys } from "~/canvas/taxonomy/hotkeys";
import { COMMANDS, commandOfKey, keyOfCommand, keyText } from "./commands";

const NONE = taxonomyHotkeys({ labels: [], fields: [] });
const TAKES_S = taxonomyHotkeys({
  labels: [
    { name: "road", title: "Road", color: "#000000", hotkey: "s", tools: ["box"], attributes: [] },
  ],
  fields: [],
});

test("no key means two things", () => {
  const keys = COMMANDS.flatMap(({ keys: own }) => own);
  expect(new Set(keys).size).toBe(keys.length);
});

test("each command stays reachable when a taxonomy takes every letter and digit", () => {
  const labels = [..."abcdefghijklmnopqrstuvwxyz0123456789"].map((hotkey) => ({
    name: hotkey,
    title: hotkey,
    color: "#000000",
    hotkey,
    tools: ["box" as const],
    attributes: [],
  }));
  const taken = taxonomyHotkeys({ labels, fields: [] });
  for (const { id } of COMMANDS) expect(keyOfCommand(id, taken), id).not.toBe("");
});

test("a label's key wins, the command keeps alt", () => {
  expect(commandOfKey("s", NONE, COMMANDS)?.id).toBe("skip");
  expect(commandOfKey("s", TAKES_S, COMMANDS)).toBe(null);
  expect(commandOfKey("alt+s", TAKES_S, COMMANDS)?.id).toBe("skip");
  expect(keyOfCommand("skip", TAKES_S)).toBe("Alt+S");
});

test("keys are written for people", () => {
  expect(keyText("mod+shift+z")).toBe("Ctrl+Shift+Z");
  expect(keyText("+")).toBe("+");
  expect(keyText("[")).toBe("[");
});
