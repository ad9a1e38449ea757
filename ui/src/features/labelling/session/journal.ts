/**
 * The browser's own record of unfinished and undelivered work, so that a reload, a crash or a lost connection
 * costs nothing. One IndexedDB database a person; memory when the browser gives no database (private windows).
 * Stores and reads; decides nothing.
 */
import type { Response as Answer } from "~/api/types";

export interface JournalDraft {
  readonly task_id: string;
  readonly response: Answer;
  /** Client time of the last edit. */
  readonly edited_at_ms: number;
  /** The server's `saved_at` of the newest draft that it confirmed to this browser. */
  readonly server_saved_at: string | null;
  /** Edited since that confirmation. */
  readonly dirty: boolean;
  /** The last sequence number used towards the server. */
  readonly seq: number;
}

/**
 * What is done with what was handed in: an answer is submitted or amended, a review accepts, sends back or fixes.
 * Entries of the time before reviews have none, and are submitted.
 */
export type Act =
  | { readonly kind: "submit" }
  | { readonly kind: "amend" }
  | { readonly kind: "accept" }
  | { readonly kind: "reject"; readonly note: string; readonly slots: readonly number[] }
  | { readonly kind: "fix" };

/** An answer or a verdict that was handed in and is not yet confirmed. */
export interface OutboxEntry {
  readonly act?: Act;
  /** Of a verdict: its review id. */
  readonly submission_id: string;
  readonly task_id: string;
  readonly lease_id: string;
  readonly asset_name: string;
  /** Where the words of the answer are explained; entries of an older time have none. */
  readonly about?: { readonly project_id: string; readonly taxonomy_version: number };
  readonly response: Answer;
  readonly seconds: number;
  readonly handed_in_at_ms: number;
}

export interface Journal {
  draft(taskId: string): Promise<JournalDraft | null>;
  putDraft(draft: JournalDraft): Promise<void>;
  dropDraft(taskId: string): Promise<void>;
  /** In the order in which they were handed in. */
  outbox(): Promise<OutboxEntry[]>;
  putOutbox(entry: OutboxEntry): Promise<void>;
  dropOutbox(submissionId: string): Promise<void>;
}

/** Drafts of tasks that never came back are dropped after this long. */
const DRAFT_AGE_MAX_MS = 30 * 24 * 3600 * 1000;

export async function openJournal(userId: string): Promise<Journal> {
  try {
    const database = await openDatabase(`sheaf-journal-${userId}`);
    const journal = new IndexedJournal(database);
    await journal.dropDraftsBefore(Date.now() - DRAFT_AGE_MAX_MS);
    return journal;
  } catch {
    return new MemoryJournal();
  }
}

export class MemoryJournal implements Journal {
  private readonly drafts = new Map<string, JournalDraft>();
  private readonly entries = new Map<string, OutboxEntry>();

  async draft(taskId: string): Promise<JournalDraft | null> {
    return this.drafts.get(taskId) ?? null;
  }
  async putDraft(draft: JournalDraft): Promise<void> {
    this.drafts.set(draft.task_id, draft);
  }
  async dropDraft(taskId: string): Promise<void> {
    this.drafts.delete(taskId);
  }
  async outbox(): Promise<OutboxEntry[]> {
    return inOrder([...this.entries.values()]);
  }
  async putOutbox(entry: OutboxEntry): Promise<void> {
    this.entries.set(entry.submission_id, entry);
  }
  async dropOutbox(submissionId: string): Promise<void> {
    this.entries.delete(submissionId);
  }
}

class IndexedJournal implements Journal {
  constructor(private readonly database: IDBDatabase) {}

  async draft(taskId: string): Promise<JournalDraft | null> {
    return (
      (await this.run<JournalDraft | undefined>("drafts", "readonly", (s) => s.get(taskId))) ?? null
    );
  }
  async putDraft(draft: JournalDraft): Promise<void> {
    await this.run("drafts", "readwrite", (store) => store.put(draft));
  }
  async dropDraft(taskId: string): Promise<void> {
    await this.run("drafts", "readwrite", (store) => store.delete(taskId));
  }
  async outbox(): Promise<OutboxEntry[]> {
    return inOrder(await this.run<OutboxEntry[]>("outbox", "readonly", (store) => store.getAll()));
  }
  async putOutbox(entry: OutboxEntry): Promise<void> {
    await this.run("outbox", "readwrite", (store) => store.put(entry));
  }
  async dropOutbox(submissionId: string): Promise<void> {
    await this.run("outbox", "readwrite", (store) => store.delete(submissionId));
  }

  async dropDraftsBefore(timeMs: number): Promise<void> {
    const drafts = await this.run<JournalDraft[]>("drafts", "readonly", (store) => store.getAll());
    for (const draft of drafts) {
      if (draft.edited_at_ms < timeMs) await this.dropDraft(draft.task_id);
    }
  }

  private run<T>(
    name: "drafts" | "outbox",
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T>;
  private run(
    name: "drafts" | "outbox",
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(name, mode);
      const request = ask(transaction.objectStore(name));
      // Without this a transaction begun by a page that is going is given up with the page.
      if (mode === "readwrite") transaction.commit();
      // Resolved when it is on disk, not when it is queued.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts", { keyPath: "task_id" });
      request.result.createObjectStore("outbox", { keyPath: "submission_id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the journal is blocked by another tab"));
  });
}

function inOrder(entries: OutboxEntry[]): OutboxEntry[] {
  return entries.toSorted((a, b) => a.handed_in_at_ms - b.handed_in_at_ms);
}
