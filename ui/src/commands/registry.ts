/**
 * The list of things a person can do right now. A page registers its commands while it is
 * shown; keys, the palette and the help sheet read this one list.
 * Pure state: no React, no DOM.
 */
export type Command = {
  /** Stable and unique, such as `library.select-all`. */
  id: string;
  label: string;
  /** Heading in the palette and in the help sheet. */
  group: string;
  /** tinykeys notation, such as `$mod+k`, `g l`, `?`. */
  shortcut?: string;
  /** Works while the person types in a field. Off unless said. */
  inFields?: boolean;
  enabled?: boolean;
  /** Not listed in the palette (it is still in the help sheet), such as "cursor left". */
  quiet?: boolean;
  run: (event?: KeyboardEvent) => void;
};

type Listener = () => void;

export class CommandRegistry {
  private layers: { owner: symbol; commands: Command[] }[] = [];
  private flat: Command[] = [];
  private listeners = new Set<Listener>();

  /** Commands of one owner; a later owner's command wins over an earlier one with its id or shortcut. */
  register(owner: symbol, commands: Command[]): void {
    const at = this.layers.findIndex((layer) => layer.owner === owner);
    if (at >= 0) this.layers[at] = { owner, commands };
    else this.layers.push({ owner, commands });
    this.rebuild();
  }

  unregister(owner: symbol): void {
    this.layers = this.layers.filter((layer) => layer.owner !== owner);
    this.rebuild();
  }

  /** The same array until something changes. */
  list = (): Command[] => this.flat;

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private rebuild(): void {
    const ids = new Set<string>();
    const shortcuts = new Set<string>();
    const out: Command[] = [];
    for (const layer of this.layers.toReversed()) {
      for (const command of layer.commands) {
        if (ids.has(command.id)) continue;
        ids.add(command.id);
        if (command.shortcut !== undefined && shortcuts.has(command.shortcut)) {
          const { shortcut: _taken, ...rest } = command;
          out.push(rest);
          continue;
        }
        if (command.shortcut !== undefined) shortcuts.add(command.shortcut);
        out.push(command);
      }
    }
    this.flat = out;
    for (const listener of this.listeners) listener();
  }
}

export const commands = new CommandRegistry();
