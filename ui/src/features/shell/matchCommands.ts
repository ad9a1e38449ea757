/** Which commands a typed text finds, best first. Pure. */
import type { Command } from "~/commands/registry";

/** Every word must be in the label or group; a match at a word's start counts more. */
export function matchCommands(list: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const scored: { command: Command; score: number; at: number }[] = [];
  list.forEach((command, at) => {
    if (command.quiet === true || command.enabled === false) return;
    const hay = `${command.group} ${command.label}`.toLowerCase();
    let score = 0;
    for (const word of words) {
      const found = hay.indexOf(word);
      if (found < 0) return;
      score += found === 0 || hay[found - 1] === " " ? 2 : 1;
    }
    scored.push({ command, score, at });
  });
  return scored.sort((a, b) => b.score - a.score || a.at - b.at).map((entry) => entry.command);
}
