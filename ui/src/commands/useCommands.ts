/** React's two ways to the command list: offer commands while mounted, and read the list. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { commands, type Command } from "./registry";

/** Offers these commands while the component is mounted. `run` always sees the newest closure. */
export function useCommands(list: Command[]): void {
  const owner = useRef(Symbol("commands"));
  const newest = useRef(list);
  useEffect(() => {
    newest.current = list;
  });
  const shape = JSON.stringify(
    list.map(({ id, label, group, shortcut, enabled, inFields, quiet }) => [
      id,
      label,
      group,
      shortcut,
      enabled,
      inFields,
      quiet,
    ]),
  );
  useEffect(() => {
    const bound = newest.current.map((command) => ({
      ...command,
      run: (event?: KeyboardEvent) =>
        newest.current.find((now) => now.id === command.id)?.run(event),
    }));
    commands.register(owner.current, bound);
  }, [shape]);
  useEffect(() => {
    const self = owner.current;
    return () => commands.unregister(self);
  }, []);
}

export function useCommandList(): Command[] {
  return useSyncExternalStore(commands.subscribe, commands.list);
}
