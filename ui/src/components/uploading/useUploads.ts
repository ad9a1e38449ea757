/** React's view of the uploads of this browser. */
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Snapshot } from "~/lib/uploading/engine";
import { uploads, wouldLose, type ActiveUpload } from "./manager";

export function useActiveUploads(): ActiveUpload[] {
  return useSyncExternalStore(uploads.subscribe, uploads.list);
}

/** An upload's progress, renewed at most ten times a second. */
export function useProgress(entry: ActiveUpload | undefined): Snapshot | null {
  const engine = entry?.engine ?? null;
  const [, draw] = useState(0);
  useEffect(() => {
    if (engine === null) return;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = engine.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = null;
        draw((n) => n + 1);
      }, 100);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [engine]);
  return engine?.snapshot() ?? null;
}

/** Takes up interrupted uploads, and warns before a reload that would lose one. */
export function useUploadKeeper(): void {
  useEffect(() => {
    void uploads.restore();
    const handleUnload = (event: BeforeUnloadEvent) => {
      if (uploads.list().some(wouldLose)) event.preventDefault();
    };
    window.addEventListener("beforeunload", handleUnload);
    return () => window.removeEventListener("beforeunload", handleUnload);
  }, []);
}
