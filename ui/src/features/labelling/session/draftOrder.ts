/** Which draft is the newest: the server's or the one in this browser's journal. Pure. */
import type { Draft, Response as Answer } from "~/api/types";
import type { JournalDraft } from "./journal";

export type DraftChoice =
  | { readonly from: "nothing"; readonly response: null }
  | { readonly from: "server" | "journal"; readonly response: Answer };

/**
 * The journal wins when it holds edits made after the newest draft that the server confirmed to this browser.
 * When the server has a draft that this browser never saw (another computer), the later of the two wins;
 * `skewMs` is how far the server's clock is ahead of ours.
 */
export function newestDraft(
  server: Draft | null,
  journal: JournalDraft | null,
  skewMs = 0,
): DraftChoice {
  if (!server && !journal) return { from: "nothing", response: null };
  if (!journal) return server ? fromServer(server) : { from: "nothing", response: null };
  if (!server) return fromJournal(journal);
  if (!journal.dirty) return fromServer(server);
  if (server.saved_at === journal.server_saved_at) return fromJournal(journal);
  const editedAt = journal.edited_at_ms + skewMs;
  return editedAt >= Date.parse(server.saved_at) ? fromJournal(journal) : fromServer(server);
}

const fromServer = (draft: Draft): DraftChoice => ({ from: "server", response: draft.response });
const fromJournal = (draft: JournalDraft): DraftChoice => ({
  from: "journal",
  response: draft.response,
});
