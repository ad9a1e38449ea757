/**
 * The uploads of this browser: starts them, survives moving between pages and reloads,
 * finishes them on the server. One instance for the whole UI; holds no React.
 */
import { ApiError } from "~/api/http";
import { queryClient } from "~/api/queryClient";
import { cancelUpload, fetchUploadFiles, finishUpload, putFile, uploadQuery } from "~/api/uploads";
import type { Upload } from "~/api/types";
import type { PickedFile } from "~/lib/uploading/dropped";
import {
  UploadEngine,
  type EngineFile,
  type Known,
  type Snapshot,
  type Transport,
  type Verdict,
} from "~/lib/uploading/engine";
import {
  forgetUpload,
  keepPause,
  keepUpload,
  keptUploads,
  wasPaused,
  type KeptUpload,
} from "~/lib/uploading/keep";

export type ActiveUpload = {
  id: string;
  projectId: string;
  name: string;
  launch: boolean;
  /** Null: interrupted by a reload, and its files must be chosen again. */
  engine: UploadEngine | null;
  /** What a reload would lose. */
  keptFiles: boolean;
  finishing: boolean;
  finished: boolean;
  error: unknown;
};

const POLL_MS = 700;

function transportOf(projectId: string, uploadId: string): Transport {
  return {
    put: (file, offset, part, signal) =>
      putFile(projectId, uploadId, { path: file.path, size: file.size, offset }, part, signal),
    known: async (signal) => {
      const out: Known[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof fetchUploadFiles>> = await fetchUploadFiles(
          projectId,
          uploadId,
          cursor,
          signal,
        );
        out.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return out;
    },
  };
}

/** What a failed request means for the upload. */
export function judge(error: unknown): Verdict {
  if (!(error instanceof ApiError)) return { kind: "file", message: "could not be read from disk" };
  if (error.code === "bad_offset" && typeof error.details.received === "number") {
    return { kind: "offset", received: error.details.received };
  }
  if (error.offline || error.status >= 500 || error.status === 429) return { kind: "again" };
  if ([401, 403, 404, 409].includes(error.status)) return { kind: "stop", message: error.message };
  return { kind: "file", message: error.message };
}

class UploadManager {
  private active: ActiveUpload[] = [];
  private listeners = new Set<() => void>();
  private restored = false;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  list = (): ActiveUpload[] => this.active;

  find(uploadId: string): ActiveUpload | undefined {
    return this.active.find((entry) => entry.id === uploadId);
  }

  /** Sends these files into an upload that is open on the server, then finishes it. */
  async start(upload: Upload, projectId: string, files: PickedFile[], launch: boolean) {
    const bytes = files.reduce((sum, entry) => sum + entry.file.size, 0);
    const kept: KeptUpload = {
      uploadId: upload.id,
      projectId,
      name: upload.name,
      launch,
      files,
      count: files.length,
      bytes,
    };
    this.put(this.entryOf(kept, files));
    this.go(upload.id);
    const keptFiles = files.length > 0 && (await keepUpload(kept));
    this.update(upload.id, { keptFiles });
  }

  /** After a reload: goes on with what was kept, lists what needs its files again. */
  async restore(): Promise<void> {
    if (this.restored) return;
    this.restored = true;
    for (const kept of await keptUploads()) {
      const upload = await queryClient
        .fetchQuery(uploadQuery(kept.projectId, kept.uploadId))
        .catch((error: unknown) => error);
      if (upload instanceof ApiError && (upload.offline || upload.status === 401)) continue;
      if (upload instanceof Error || (upload as Upload).state !== "open") {
        await forgetUpload(kept.uploadId);
        continue;
      }
      if (this.find(kept.uploadId) !== undefined) continue;
      this.put(this.entryOf(kept, kept.files));
      if (kept.files === null) continue;
      if (wasPaused(kept.uploadId)) this.find(kept.uploadId)?.engine?.pause();
      else this.go(kept.uploadId);
    }
  }

  pause(uploadId: string): void {
    keepPause(uploadId, true);
    this.find(uploadId)?.engine?.pause();
  }

  resume(uploadId: string): void {
    keepPause(uploadId, false);
    this.go(uploadId);
  }

  async cancel(uploadId: string): Promise<void> {
    const entry = this.find(uploadId);
    if (entry === undefined) return;
    entry.engine?.cancel();
    await cancelUpload(entry.projectId, uploadId);
    this.dismiss(uploadId);
    this.refresh(entry);
  }

  dismiss(uploadId: string): void {
    this.active = this.active.filter((entry) => entry.id !== uploadId);
    void forgetUpload(uploadId);
    this.changed();
  }

  private entryOf(kept: KeptUpload, files: PickedFile[] | null): ActiveUpload {
    const engineFiles: EngineFile[] | null =
      files?.map(({ path, file }) => ({ path, size: file.size, blob: file })) ?? null;
    const engine =
      engineFiles === null
        ? null
        : new UploadEngine({
            transport: transportOf(kept.projectId, kept.uploadId),
            judge,
            files: engineFiles,
          });
    return {
      id: kept.uploadId,
      projectId: kept.projectId,
      name: kept.name,
      launch: kept.launch,
      engine,
      keptFiles: kept.files !== null,
      finishing: false,
      finished: false,
      error: null,
    };
  }

  private go(uploadId: string): void {
    const entry = this.find(uploadId);
    if (entry?.engine === null || entry?.engine === undefined) return;
    const engine = entry.engine;
    this.update(uploadId, { error: null });
    engine.run().then(
      () => {
        const { phase, failed } = engine.snapshot();
        if (phase === "done" && failed.length === 0) void this.finish(uploadId);
      },
      (error: unknown) => this.update(uploadId, { error }),
    );
  }

  /** All is there: waits for the manifest's job, then closes the upload. */
  async finish(uploadId: string): Promise<void> {
    const entry = this.find(uploadId);
    if (entry === undefined || entry.finishing || entry.finished) return;
    this.update(uploadId, { finishing: true, error: null });
    try {
      await this.jobDone(entry);
      await finishUpload(entry.projectId, uploadId, entry.launch ? true : undefined);
      this.update(uploadId, { finishing: false, finished: true });
      await forgetUpload(uploadId);
    } catch (error) {
      this.update(uploadId, { finishing: false, error });
    }
    this.refresh(entry);
  }

  private async jobDone(entry: ActiveUpload): Promise<void> {
    for (;;) {
      const upload = await queryClient.fetchQuery({
        ...uploadQuery(entry.projectId, entry.id),
        staleTime: 0,
      });
      if (upload.job?.state === "failed") {
        throw new Error(upload.job.message ?? "the manifest was not taken in");
      }
      if (upload.job?.state !== "running") return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private refresh(entry: ActiveUpload): void {
    const about = ["uploads", "upload", "project", "batches", "fields", "facets"];
    for (const key of about) {
      void queryClient.invalidateQueries({ queryKey: [key, entry.projectId] });
    }
    void queryClient.invalidateQueries({ queryKey: ["projects"] });
  }

  private put(entry: ActiveUpload): void {
    this.active = [...this.active.filter((other) => other.id !== entry.id), entry];
    this.changed();
  }

  private update(uploadId: string, part: Partial<ActiveUpload>): void {
    this.active = this.active.map((entry) =>
      entry.id === uploadId ? { ...entry, ...part } : entry,
    );
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

export const uploads = new UploadManager();

/** What a reload of the page would interrupt for good. */
export function wouldLose(entry: ActiveUpload): boolean {
  const phase = entry.engine?.snapshot().phase;
  return !entry.keptFiles && !entry.finished && (phase === "running" || phase === "paused");
}

export type { Snapshot };
