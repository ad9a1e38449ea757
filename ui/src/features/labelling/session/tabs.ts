/**
 * One tab of a person works at a time. A tab that opens asks around; the one at work answers, and the new one
 * waits until it is told to take over. A tab that was closed or crashed answers nothing, so nothing can get stuck.
 * Works on plain http too, where Web Locks do not exist.
 */

/** How long a new tab waits for "I am at work here". */
export const ANSWER_WAIT_MS = 250;

export type TabRole = "asking" | "working" | "waiting";

type Message =
  | { readonly type: "who"; readonly from: string }
  | { readonly type: "here"; readonly from: string }
  | { readonly type: "take-over"; readonly from: string }
  | { readonly type: "bye"; readonly from: string };

export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

export class TabTurn {
  role: TabRole = "asking";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly channel: Channel,
    private readonly id: string,
    private readonly onRole: (role: TabRole) => void,
  ) {
    channel.onmessage = (event) => this.receive(event.data);
  }

  ask(): void {
    this.enter("asking");
    this.timer = setTimeout(() => this.enter("working"), ANSWER_WAIT_MS);
    this.post("who");
  }

  /** "Work here instead." */
  takeOver(): void {
    this.post("take-over");
    this.enter("working");
  }

  leave(): void {
    clearTimeout(this.timer);
    const worked = this.role === "working";
    this.role = "waiting";
    if (worked) this.post("bye");
    this.channel.onmessage = null;
    this.channel.close();
  }

  private receive(data: unknown): void {
    const message = readMessage(data);
    if (!message || message.from === this.id) return;
    switch (message.type) {
      case "who":
        // Of two that ask at the same moment the one with the smaller id goes first.
        if (this.role === "working" || (this.role === "asking" && this.id < message.from)) {
          this.post("here");
        }
        break;
      case "here":
        if (this.role === "asking") this.enter("waiting");
        break;
      case "take-over":
        this.enter("waiting");
        break;
      case "bye":
        if (this.role === "waiting") this.ask();
        break;
    }
  }

  private enter(role: TabRole): void {
    clearTimeout(this.timer);
    if (role === this.role) return;
    this.role = role;
    this.onRole(role);
  }

  private post(type: Message["type"]): void {
    this.channel.postMessage({ type, from: this.id });
  }
}

function readMessage(data: unknown): Message | null {
  if (typeof data !== "object" || data === null || !("type" in data) || !("from" in data))
    return null;
  const { type, from } = data;
  if (typeof from !== "string") return null;
  if (type === "who" || type === "here" || type === "take-over" || type === "bye")
    return { type, from };
  return null;
}
