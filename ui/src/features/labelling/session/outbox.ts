/**
 * Delivers answers that were handed in: from the journal, in order, each until the server has said yes or no.
 * The same submission id every time, so that a repeated delivery counts once.
 */
import { ApiError } from "~/api/http";
import type { Feedback, Problem } from "~/api/types";
import type { Journal, OutboxEntry } from "./journal";

const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 15_000];

export type Outcome =
  /** After a training task with how it went. */
  | { readonly kind: "delivered"; readonly feedback: Feedback | null }
  | { readonly kind: "lease-lost"; readonly message: string }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[]; readonly message: string }
  | { readonly kind: "refused"; readonly message: string };

export interface OutboxState {
  readonly waiting: number;
  readonly offline: boolean;
}

export class Outbox {
  private entries: OutboxEntry[] = [];
  private running = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private state: OutboxState = { waiting: 0, offline: false };

  constructor(
    private readonly journal: Journal,
    private readonly send: (entry: OutboxEntry) => Promise<Feedback | null>,
    private readonly onOutcome: (entry: OutboxEntry, outcome: Outcome) => void,
    private readonly onState: (state: OutboxState) => void,
  ) {}

  /** Takes up what an earlier page left behind. */
  async open(): Promise<void> {
    this.entries = await this.journal.outbox();
    this.publish(false);
    void this.deliver();
  }

  has(taskId: string): boolean {
    return this.entries.some((entry) => entry.task_id === taskId);
  }

  async add(entry: OutboxEntry): Promise<void> {
    try {
      await this.journal.putOutbox(entry);
    } catch {
      // Without a journal it is still delivered, as long as this page lives.
    }
    this.entries.push(entry);
    this.publish(this.state.offline);
    void this.deliver();
  }

  /** Try at once: the connection is said to be back. */
  nudge(): void {
    clearTimeout(this.timer);
    void this.deliver();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async deliver(): Promise<void> {
    if (this.running || this.closed) return;
    this.running = true;
    clearTimeout(this.timer);
    for (let entry = this.entries[0]; entry && !this.closed; entry = this.entries[0]) {
      const outcome = await this.attempt(entry);
      if (outcome === null) {
        this.retryLater();
        break;
      }
      this.failures = 0;
      this.entries.shift();
      await this.forget(entry);
      this.publish(false);
      this.onOutcome(entry, outcome);
    }
    this.running = false;
  }

  private async attempt(entry: OutboxEntry): Promise<Outcome | null> {
    try {
      return { kind: "delivered", feedback: await this.send(entry) };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  private async forget(entry: OutboxEntry): Promise<void> {
    try {
      await this.journal.dropOutbox(entry.submission_id);
    } catch {
      // Delivered again after a reload, the same submission id makes that harmless.
    }
  }

  private retryLater(): void {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 15_000;
    this.failures += 1;
    this.publish(true);
    this.timer = setTimeout(() => void this.deliver(), wait);
  }

  private publish(offline: boolean): void {
    this.state = { waiting: this.entries.length, offline };
    this.onState(this.state);
  }
}

/** Null: not decided, try again. Nobody logged in and "too many requests" are not decisions either. */
export function outcomeOf(error: unknown): Outcome | null {
  if (!(error instanceof ApiError)) return null;
  const { status, code, message } = error;
  if (status === 0 || status >= 500 || status === 401 || status === 408 || status === 429)
    return null;
  if (code === "lease_lost") return { kind: "lease-lost", message };
  if (status === 422) return { kind: "invalid", problems: problemsOf(error), message };
  return { kind: "refused", message };
}

export function problemsOf(error: ApiError): Problem[] {
  const { problems } = error.details;
  if (!Array.isArray(problems)) return [{ path: "", message: error.message }];
  return problems.flatMap((problem: unknown) => {
    if (typeof problem !== "object" || problem === null) return [];
    const path = "path" in problem && typeof problem.path === "string" ? problem.path : "";
    const message =
      "message" in problem && typeof problem.message === "string" ? problem.message : "";
    return [{ path, message }];
  });
}
