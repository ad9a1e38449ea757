/** A moment as "5 min ago", with the exact time on hover; renews itself once a minute. */
import { useSyncExternalStore } from "react";
import { ago, moment } from "~/lib/format";

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

export function TimeAgo({ time }: { time: string | null | undefined }) {
  const at = Math.max(useNow(), Date.now() - 30_000);
  if (time === null || time === undefined) return <span>never</span>;
  return (
    <time dateTime={time} title={moment(time)} style={{ whiteSpace: "nowrap" }}>
      {ago(time, at)}
    </time>
  );
}
