/**
 * Keeps one task's draft safe: in the journal soon after each change, on the server after a pause in the work.
 * One request at a time with rising sequence numbers, so that an older draft never overtakes a newer one.
 */
import { ApiError } from "~/api/http";
import type { Response as Answer } from "~/api/types";
import type { Journal } from "./journal";

export const JOURNAL_DELAY_MS = 300;
export const SERVER_IDLE_MS = 1_500;
/** Someone who never pauses is saved at least this often. */
export const SERVER_DELAY_MAX_MS = 10_000;
const RETRY_MS = [2_000, 4_000, 8_000, 15_000];

export type DraftState = "saved" | "edited" | "saving" | "offline" | "lost";

export interface DraftPort {
  save(response: Answer, seq: number): Promise<{ saved_at: string }>;
}

export class DraftSync {
  state: DraftState = "saved";
  private latest: Answer | null = null;
  private savedAt: string | null;
  private seq: number;
  private sending = false;
  private stopped = false;
  private failures = 0;
  private editedAtMs = 0;
  private firstUnsavedMs = 0;
  private journalTimer: ReturnType<typeof setTimeout> | undefined;
  private serverTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly taskId: string,
    private readonly journal: Journal,
    private readonly port: DraftPort,
    private readonly onState: (state: DraftState) => void,
    start: { savedAt: string | null; seq: number },
  ) {
    this.savedAt = start.savedAt;
    this.seq = start.seq;
  }

  change(response: Answer): void {
    if (this.stopped || response === this.latest) return;
    const now = Date.now();
    if (this.latest === null || this.state === "saved") this.firstUnsavedMs = now;
    this.latest = response;
    this.editedAtMs = now;
    clearTimeout(this.journalTimer);
    this.journalTimer = setTimeout(() => void this.writeJournal(true), JOURNAL_DELAY_MS);
    if (this.state === "saved") this.enter("edited");
    // With the server away the retry timer is running already.
    if (this.failures === 0) this.sendLater(this.untilIdle(now));
  }

  /** Now: before the page goes, or when the connection is back. */
  async flush(): Promise<void> {
    if (this.stopped || this.latest === null || this.state === "saved") return;
    clearTimeout(this.journalTimer);
    clearTimeout(this.serverTimer);
    // Both are begun at once: a page that is going runs nothing after this.
    await Promise.all([this.writeJournal(true), this.send()]);
  }

  /** No more drafts of this task go out: it was handed in, given back or lost. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.journalTimer);
    clearTimeout(this.serverTimer);
  }

  /** Goes on after a refused submit. */
  resume(): void {
    this.stopped = false;
  }

  private untilIdle(now: number): number {
    const latest = this.firstUnsavedMs + SERVER_DELAY_MAX_MS - now;
    return Math.max(0, Math.min(SERVER_IDLE_MS, latest));
  }

  private sendLater(ms: number): void {
    clearTimeout(this.serverTimer);
    this.serverTimer = setTimeout(() => void this.send(), ms);
  }

  private async send(): Promise<void> {
    if (this.sending || this.stopped || this.latest === null) return;
    this.sending = true;
    const response = this.latest;
    this.seq += 1;
    this.enter("saving");
    try {
      const { saved_at } = await this.port.save(response, this.seq);
      this.failures = 0;
      this.savedAt = saved_at;
      this.sending = false;
      if (this.stopped) return;
      const newer = this.latest !== response;
      await this.writeJournal(newer);
      this.enter(newer ? "edited" : "saved");
      this.firstUnsavedMs = Date.now();
      if (newer) this.sendLater(SERVER_IDLE_MS);
    } catch (error) {
      this.sending = false;
      if (!this.stopped) this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (error instanceof ApiError && error.status === 409) {
      this.stop();
      this.enter("lost");
      return;
    }
    // A refused draft (4xx) is tried again with the next change; the journal has it meanwhile.
    this.enter("offline");
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 15_000;
    this.failures += 1;
    this.sendLater(wait);
  }

  private async writeJournal(dirty: boolean): Promise<void> {
    if (this.latest === null || this.stopped) return;
    try {
      await this.journal.putDraft({
        task_id: this.taskId,
        response: this.latest,
        edited_at_ms: this.editedAtMs,
        server_saved_at: this.savedAt,
        dirty,
        seq: this.seq,
      });
    } catch {
      // A full or closed journal must not stop the work: the server still gets the draft.
    }
  }

  private enter(state: DraftState): void {
    if (state === this.state) return;
    this.state = state;
    this.onState(state);
  }
}
