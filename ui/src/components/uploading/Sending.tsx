/** A file on its way in one request: how much of it was sent, and a way to stop. */
import { Button, Progress } from "@mantine/core";
import { useIsMutating } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import css from "./uploading.module.css";

/** The key of every mutation that sends a page's file: while one runs, another file would end it. */
export const SENDING = ["sending-file"];

/** Whether the page's file is on its way. */
export const useIsSending = (): boolean => useIsMutating({ mutationKey: SENDING }) > 0;

/** One request at a time; it ends with the page. */
export function useSending() {
  const running = useRef<AbortController | null>(null);
  const [sent, setSent] = useState(0);
  useEffect(() => () => running.current?.abort(), []);
  /** What the next request is to be given. */
  const start = useCallback(() => {
    setSent(0);
    running.current = new AbortController();
    return { signal: running.current.signal, onSent: setSent };
  }, []);
  const stop = useCallback(() => running.current?.abort(), []);
  return { sent, start, stop };
}

export function Sending({
  sent,
  onStop,
  children,
}: {
  /** 0 to 1. */
  sent: number;
  onStop: () => void;
  /** What is going on. */
  children: ReactNode;
}) {
  return (
    <div className={css.sending}>
      <div role="status">{children}</div>
      <Progress value={sent * 100} animated aria-label="Sent" />
      <div>
        <Button variant="default" onClick={onStop}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
