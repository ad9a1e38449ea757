/**
 * Moves many files to the server: some at a time, in parts, with pause, cancel, retry, and
 * going on where it stopped. Knows no HTTP, no DOM and no React: the transport and the
 * waiting come in.
 */

export type EngineFile = { path: string; size: number; blob: Blob };
export type PartAnswer = {
  received: number;
  state: "partial" | "done" | "refused" | "duplicate";
  message?: string | null;
};
export type Known = { path: string; received: number; state: PartAnswer["state"] };

export type Transport = {
  /** Sends the bytes from `offset`; answers how many the server now has. */
  put: (file: EngineFile, offset: number, part: Blob, signal: AbortSignal) => Promise<PartAnswer>;
  /** What the server has already of this upload. */
  known: (signal: AbortSignal) => Promise<Known[]>;
};

/** What a failed `put` means; decided by the transport's owner. */
export type Verdict =
  | { kind: "again" }
  | { kind: "offset"; received: number }
  | { kind: "file"; message: string }
  | { kind: "stop"; message: string };

export type Phase = "idle" | "running" | "paused" | "done" | "stopped" | "cancelled";
export type Snapshot = {
  phase: Phase;
  files: number;
  bytes: number;
  /** Files that need nothing more. */
  filesDone: number;
  bytesDone: number;
  refused: { path: string; message: string }[];
  failed: { path: string; message: string }[];
  /** Files on their way, with how much of each has arrived. */
  moving: { path: string; size: number; sent: number }[];
  /** Bytes a second over the last seconds; 0 when not known. */
  speed: number;
  /** Why it waits or why it stopped. */
  trouble: string | null;
};

export type EngineOptions = {
  transport: Transport;
  judge: (error: unknown) => Verdict;
  files: EngineFile[];
  parallel?: number;
  partSize?: number;
  now?: () => number;
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

const MIB = 1024 * 1024;
const LONGEST_WAIT = 30_000;
const LISTED = 200;

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

export class UploadEngine {
  private readonly parallel: number;
  private readonly partSize: number;
  private readonly now: () => number;
  private readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  private readonly bytes: number;
  private phase: Phase = "idle";
  private filesDone = 0;
  private bytesDone = 0;
  private refused: Snapshot["refused"] = [];
  private failed: Snapshot["failed"] = [];
  private moving = new Map<string, { size: number; sent: number }>();
  private half = new Map<string, number>();
  private again: EngineFile[] = [];
  private trouble: string | null = null;
  private abort = new AbortController();
  private samples: { at: number; bytes: number }[] = [];
  private listeners = new Set<() => void>();
  private cached: Snapshot | null = null;
  private workers: Promise<void> | null = null;
  private asked = false;

  constructor(private readonly options: EngineOptions) {
    this.parallel = options.parallel ?? 4;
    this.partSize = options.partSize ?? 8 * MIB;
    this.now = options.now ?? (() => performance.now());
    this.wait = options.wait ?? sleep;
    this.bytes = options.files.reduce((sum, file) => sum + file.size, 0);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): Snapshot => {
    this.cached ??= {
      phase: this.phase,
      files: this.options.files.length,
      bytes: this.bytes,
      filesDone: this.filesDone,
      bytesDone:
        this.bytesDone + [...this.moving.values()].reduce((sum, part) => sum + part.sent, 0),
      refused: this.refused,
      failed: this.failed,
      moving: [...this.moving].map(([path, part]) => ({ path, ...part })),
      speed: this.speed(),
      trouble: this.trouble,
    };
    return this.cached;
  };

  /** Starts, or goes on after a pause. Resolves when it ends or pauses. */
  run(): Promise<void> {
    if (this.phase === "running" && this.workers !== null) return this.workers;
    if (this.phase === "done" || this.phase === "cancelled") return Promise.resolve();
    this.abort = new AbortController();
    this.phase = "running";
    this.trouble = null;
    this.samples = [];
    this.changed();
    this.workers = this.work(this.abort.signal);
    return this.workers;
  }

  /** Stops for now; what was not begun yet waits for `run`. */
  pause(): void {
    if (this.phase !== "running" && this.phase !== "idle") return;
    this.phase = "paused";
    this.abort.abort();
    this.changed();
  }

  cancel(): void {
    if (this.phase === "done") return;
    this.phase = "cancelled";
    this.abort.abort();
    this.changed();
  }

  /** Tries once more what failed. */
  retryFailed(): void {
    const paths = new Set(this.failed.map((entry) => entry.path));
    this.again.push(...this.options.files.filter((file) => paths.has(file.path)));
    this.failed = [];
    this.phase = "paused";
    void this.run();
  }

  private async work(signal: AbortSignal): Promise<void> {
    if (!this.asked && !(await this.askKnown(signal))) return;
    await Promise.all(Array.from({ length: this.parallel }, () => this.worker(signal)));
    if (signal.aborted) return;
    this.phase = "done";
    this.changed();
  }

  private async askKnown(signal: AbortSignal): Promise<boolean> {
    for (let wait = 1000; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        const known = new Map((await this.options.transport.known(signal)).map((k) => [k.path, k]));
        this.skipKnown(known);
        this.asked = true;
        this.trouble = null;
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        const verdict = this.options.judge(error);
        if (verdict.kind === "stop" || verdict.kind === "file") {
          this.stop(verdict.message);
          return false;
        }
        this.trouble = "Waiting for the server.";
        this.changed();
        await this.wait(wait, signal);
      }
    }
    return false;
  }

  /** Files that the server has, whole or in part. */
  private skipKnown(known: Map<string, Known>): void {
    this.again = [];
    for (const file of this.options.files) {
      const has = known.get(file.path);
      if (has === undefined) this.again.push(file);
      else if (has.state === "partial") {
        this.half.set(file.path, Math.min(has.received, file.size));
        this.again.push(file);
      } else {
        this.filesDone += 1;
        this.bytesDone += file.size;
      }
    }
    this.again.reverse();
    this.changed();
  }

  private take(): EngineFile | undefined {
    return this.again.pop();
  }

  private async worker(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const file = this.take();
      if (file === undefined) return;
      const finished = await this.send(file, signal);
      if (!finished) this.again.push(file);
    }
  }

  /** True when nothing more is to be done for the file. */
  private async send(file: EngineFile, signal: AbortSignal): Promise<boolean> {
    let offset = this.half.get(file.path) ?? 0;
    let wait = 1000;
    this.moving.set(file.path, { size: file.size, sent: offset });
    try {
      while (!signal.aborted) {
        const part = file.blob.slice(offset, offset + this.partSize);
        try {
          const answer = await this.options.transport.put(file, offset, part, signal);
          wait = 1000;
          this.trouble = null;
          if (answer.state === "partial" && answer.received < file.size) {
            this.sample(answer.received - offset);
            offset = answer.received;
            this.half.set(file.path, offset);
            this.moving.set(file.path, { size: file.size, sent: offset });
            this.changed();
            continue;
          }
          this.sample(file.size - offset);
          this.complete(file, answer);
          return true;
        } catch (error) {
          if (signal.aborted) return false;
          const verdict = this.options.judge(error);
          if (verdict.kind === "offset" && verdict.received !== offset) {
            offset = verdict.received;
            this.half.set(file.path, offset);
            continue;
          }
          if (verdict.kind === "stop") {
            this.stop(verdict.message);
            return false;
          }
          if (verdict.kind === "file") {
            this.failed = [...this.failed, { path: file.path, message: verdict.message }];
            return true;
          }
          this.trouble = "The server cannot be reached. It goes on by itself.";
          this.changed();
          await this.wait(wait, signal);
          wait = Math.min(wait * 2, LONGEST_WAIT);
        }
      }
      return false;
    } finally {
      this.moving.delete(file.path);
      this.changed();
    }
  }

  private complete(file: EngineFile, answer: PartAnswer): void {
    this.half.delete(file.path);
    this.filesDone += 1;
    this.bytesDone += file.size;
    this.moving.delete(file.path);
    if (answer.state === "refused" && this.refused.length < LISTED) {
      const message = answer.message ?? "refused";
      this.refused = [...this.refused, { path: file.path, message }];
    }
  }

  private stop(message: string): void {
    this.phase = "stopped";
    this.trouble = message;
    this.abort.abort();
    this.changed();
  }

  private sample(bytes: number): void {
    const at = this.now();
    this.samples.push({ at, bytes });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > 8000) this.samples.shift();
  }

  private speed(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < 300) return 0;
    const bytes = this.samples.slice(1).reduce((sum, entry) => sum + entry.bytes, 0);
    return (bytes / (last.at - first.at)) * 1000;
  }

  private changed(): void {
    this.cached = null;
    for (const listener of this.listeners) listener();
  }
}
