import { expect, it } from "vitest";
import type { Command } from "~/commands/registry";
import { CommandRegistry } from "~/commands/registry";
import { matchCommands } from "./matchCommands";

const command = (id: string, label: string, extra: Partial<Command> = {}): Command => ({
  id,
  label,
  group: "Go to",
  run: () => undefined,
  ...extra,
});

it("finds by words in any order and prefers word starts", () => {
  const list = [command("a", "Relibrary"), command("b", "Library"), command("c", "Batches")];
  expect(matchCommands(list, "lib").map((c) => c.id)).toEqual(["b", "a"]);
  expect(matchCommands(list, "lib go").map((c) => c.id)).toEqual(["b", "a"]);
  expect(matchCommands(list, "zzz")).toEqual([]);
});

it("hides what is off or quiet", () => {
  const list = [command("a", "One", { enabled: false }), command("b", "Two", { quiet: true })];
  expect(matchCommands(list, "")).toEqual([]);
});

it("lets the newest owner win an id and a shortcut, and gives them back", () => {
  const registry = new CommandRegistry();
  const [shell, page] = [Symbol("shell"), Symbol("page")];
  registry.register(shell, [command("x", "Shell x", { shortcut: "x" }), command("y", "Y")]);
  registry.register(page, [command("z", "Page z", { shortcut: "x" })]);
  expect(registry.list().find((c) => c.id === "z")?.shortcut).toBe("x");
  expect(registry.list().find((c) => c.id === "x")?.shortcut).toBeUndefined();
  registry.unregister(page);
  expect(registry.list().find((c) => c.id === "x")?.shortcut).toBe("x");
});
