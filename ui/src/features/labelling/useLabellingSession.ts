/** Ties a LabellingSession to the life of the page: journal, the turn among tabs, visibility, the network. */
import { useCallback, useEffect, useRef, useState } from "react";
import { uuidV7 } from "~/canvas/document/uuid";
import { takeOver as takeChange } from "./changeLater";
import { openJournal } from "./session/journal";
import { livePort } from "./session/port";
import { LabellingSession } from "./session/session";
import { TabTurn, type Channel } from "./session/tabs";

export type SessionTurn =
  | { readonly kind: "starting" }
  | { readonly kind: "elsewhere" }
  | { readonly kind: "here"; readonly session: LabellingSession };

export function useLabellingSession(
  userId: string,
  projectId: string | undefined,
): { turn: SessionTurn; takeOver: () => void } {
  const [turn, setTurn] = useState<SessionTurn>({ kind: "starting" });
  const tab = useRef<TabTurn | null>(null);

  useEffect(() => {
    let live = true;
    let session: LabellingSession | null = null;
    const begin = async () => {
      const journal = await openJournal(userId);
      if (!live || tabTurn.role !== "working") return;
      const begun = new LabellingSession(livePort, journal, projectId);
      session = begun;
      setTurn({ kind: "here", session: begun });
      const entry = takeChange(projectId);
      await begun.start();
      if (entry !== null) await begun.change(entry);
    };
    const tabTurn = new TabTurn(openChannel(`sheaf-labelling-${userId}`), uuidV7(), (role) => {
      if (role === "working") void begin();
      else if (role === "waiting") {
        session?.handOver();
        session = null;
        setTurn({ kind: "elsewhere" });
      }
    });
    tab.current = tabTurn;
    tabTurn.ask();

    const events = new AbortController();
    const { signal } = events;
    const on = (target: EventTarget, type: string, handle: () => void) =>
      target.addEventListener(type, handle, { signal });
    on(document, "visibilitychange", () =>
      session?.setVisible(document.visibilityState === "visible"),
    );
    on(window, "focus", () => session?.setVisible(true));
    on(window, "online", () => session?.reconnect());
    on(window, "pagehide", () => session?.saveNow());
    // A tab that closes gives its turn to the one that waits; one that may come back keeps it.
    window.addEventListener(
      "pagehide",
      (event) => {
        if (!event.persisted) tabTurn.leave();
      },
      { signal },
    );
    return () => {
      live = false;
      events.abort();
      session?.close();
      tabTurn.leave();
    };
  }, [userId, projectId]);

  const takeOver = useCallback(() => tab.current?.takeOver(), []);
  return { turn, takeOver };
}

function openChannel(name: string): Channel {
  if (typeof BroadcastChannel === "undefined") {
    return { onmessage: null, postMessage: () => undefined, close: () => undefined };
  }
  const broadcast = new BroadcastChannel(name);
  const channel: Channel = {
    onmessage: null,
    postMessage: (message) => broadcast.postMessage(message),
    close: () => broadcast.close(),
  };
  broadcast.onmessage = (event: MessageEvent<unknown>) => channel.onmessage?.({ data: event.data });
  return channel;
}
