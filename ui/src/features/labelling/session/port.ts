/** What the labelling session needs from the outside, and the real thing made of the API and the browser. */
import { queryClient } from "~/api/queryClient";
import { taxonomyQuery } from "~/api/projects";
import {
  acceptTask,
  amendTask,
  claimTasks,
  fetchQueue,
  fixTask,
  heartbeat,
  queueQuery,
  rejectTask,
  releaseTask,
  saveDraft,
  skipTask,
  submitTask,
} from "~/api/queue";
import type { Claim, Feedback, Response as Answer, Taxonomy } from "~/api/types";
import type { OutboxEntry } from "./journal";

/** What is open for this person, and what they did today. */
export interface QueueCounts {
  readonly toLabel: number;
  readonly toReview: number;
  readonly doneToday: number;
}

export interface LabellingPort {
  claim(claimId: string, projectId: string | undefined): Promise<Claim>;
  heartbeat(leaseId: string): Promise<unknown>;
  saveDraft(leaseId: string, response: Answer, seq: number): Promise<{ saved_at: string }>;
  /** After a training task answers how it went. */
  deliver(entry: OutboxEntry): Promise<Feedback | null>;
  release(leaseId: string): Promise<void>;
  skip(leaseId: string, reason: string): Promise<void>;
  taxonomy(projectId: string, version: number): Promise<Taxonomy>;
  text(src: string): Promise<string>;
  preloadImage(src: string): void;
  counts(projectId: string | undefined): Promise<QueueCounts>;
}

const EMPTY_TAXONOMY: Taxonomy = { labels: [], fields: [] };
/** Images fetched ahead are held here, so that the browser does not drop them before they are shown. */
const ahead: HTMLImageElement[] = [];

/** Times that the counts were asked for; the newest answer is everybody's. */
let asked = 0;

export const livePort: LabellingPort = {
  // Two: one on the screen, one ready behind it.
  claim: (claim_id, project_id) =>
    claimTasks({ claim_id, count: 2, ...(project_id === undefined ? {} : { project_id }) }),
  heartbeat,
  saveDraft: (leaseId, response, seq) => saveDraft(leaseId, response, seq, outlives(response)),
  deliver,
  release: (leaseId) => releaseTask(leaseId, true),
  skip: skipTask,
  taxonomy: async (projectId, version) => {
    const found = await queryClient.ensureQueryData(taxonomyQuery(projectId, version));
    return found.taxonomy ?? EMPTY_TAXONOMY;
  },
  text: async (src) => {
    const answer = await fetch(src);
    if (!answer.ok) throw new Error(`${answer.status} for ${src}`);
    // A byte order mark counts as a character: offsets are those of the stored text.
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer());
  },
  preloadImage: (src) => {
    const image = new Image();
    image.src = src;
    ahead.push(image);
    if (ahead.length > 4) ahead.shift();
  },
  counts: async (projectId) => {
    // Asked now: one that is under way already may not know of what was handed in since.
    const n = (asked += 1);
    const queue = await fetchQueue();
    if (n === asked) queryClient.setQueryData(queueQuery.queryKey, queue);
    const mine = queue.projects.filter(
      (project) => projectId === undefined || project.id === projectId,
    );
    const sum = (key: "available" | "reviews" | "submitted_today") =>
      mine.reduce((all, project) => all + project[key], 0);
    return {
      toLabel: sum("available"),
      toReview: sum("reviews"),
      doneToday: sum("submitted_today"),
    };
  },
};

async function deliver(entry: OutboxEntry): Promise<Feedback | null> {
  const { act, task_id, lease_id, submission_id, response, seconds } = entry;
  const review_id = submission_id;
  switch (act?.kind) {
    case undefined:
    case "submit":
      return (await submitTask(lease_id, { submission_id, response, seconds })).feedback;
    case "amend":
      return (await amendTask(task_id, { submission_id, response, seconds })).feedback;
    case "accept":
      await acceptTask(lease_id, { review_id });
      return null;
    case "reject":
      await rejectTask(lease_id, { review_id, note: act.note, slots: [...act.slots] });
      return null;
    case "fix":
      await fixTask(lease_id, { review_id, response, seconds });
      return null;
  }
}

/**
 * A page that is going may finish this request; browsers allow it for small bodies only. Asked for always, because
 * a reload begins while the page is still visible.
 */
function outlives(response: Answer): boolean {
  return JSON.stringify(response).length < 30_000;
}
