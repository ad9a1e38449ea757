/** The rows of a cursor store while a page shows them: looked at anew every so often, and when one comes back to the tab. */
import { useEffect, useSyncExternalStore } from "react";
import type { CursorState, CursorStore } from "./cursorStore";

export function useCursorRows<T extends { id: string }>(
  store: CursorStore<T>,
  everyMs: number,
): CursorState<T> {
  useEffect(() => {
    store.look(0, 0);
    return () => store.stop();
  }, [store]);
  useEffect(() => {
    const renew = () => {
      if (document.visibilityState === "visible") store.refresh();
    };
    const timer = setInterval(renew, everyMs);
    document.addEventListener("visibilitychange", renew);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renew);
    };
  }, [store, everyMs]);
  return useSyncExternalStore(store.subscribe, store.snapshot);
}
