/**
 * Remembers unfinished uploads of this browser, with their files when they are not too big,
 * so that a reload goes on by itself. IndexedDB; every failure only costs the comfort.
 */
import type { PickedFile } from "./dropped";

export const KEEP_LIMIT = 500_000_000;

export type KeptUpload = {
  uploadId: string;
  projectId: string;
  name: string;
  launch: boolean;
  /** Null when there was too much to keep: the person must choose the files again. */
  files: PickedFile[] | null;
  count: number;
  bytes: number;
};

const STORE = "uploads";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("sheaf", 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(STORE, { keyPath: "uploadId" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
  });
}

async function inStore<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | null> {
  try {
    const db = await open();
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        db.close();
        resolve(request.result);
      };
      transaction.onabort = () => {
        db.close();
        reject(transaction.error ?? new Error("aborted"));
      };
    });
  } catch {
    return null;
  }
}

/** Keeps an upload; its files only when they are small enough. True when the files are kept too. */
export async function keepUpload(upload: KeptUpload): Promise<boolean> {
  const small = upload.bytes <= KEEP_LIMIT && upload.files !== null;
  if (small && (await inStore("readwrite", (store) => store.put(upload))) !== null) return true;
  await inStore("readwrite", (store) => store.put({ ...upload, files: null }));
  return false;
}

const pauseKey = (uploadId: string) => `sheaf:upload-paused:${uploadId}`;

/** Remembers that somebody paused an upload, so that a reload does not start it again. */
export function keepPause(uploadId: string, paused: boolean): void {
  try {
    if (paused) localStorage.setItem(pauseKey(uploadId), "1");
    else localStorage.removeItem(pauseKey(uploadId));
  } catch {
    // No storage: a reload goes on by itself.
  }
}

export function wasPaused(uploadId: string): boolean {
  try {
    return localStorage.getItem(pauseKey(uploadId)) !== null;
  } catch {
    return false;
  }
}

export async function forgetUpload(uploadId: string): Promise<void> {
  keepPause(uploadId, false);
  await inStore("readwrite", (store) => store.delete(uploadId));
}

export async function keptUploads(): Promise<KeptUpload[]> {
  return (await inStore<KeptUpload[]>("readonly", (store) => store.getAll())) ?? [];
}
