import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "~/api/http";
import type { Claim, Feedback, Response as Answer, Task, Taxonomy } from "~/api/types";
import { setField } from "~/canvas/document/answer";
import { togglePrelabel } from "../editing";
import { leftOutText } from "../PrelabelStrip";
import { MemoryJournal, type OutboxEntry } from "./journal";
import type { LabellingPort } from "./port";
import { LabellingSession, POLL_EMPTY_MS, SUBMIT_GRACE_MS, TRAINING_GRACE_MS } from "./session";

const TAXONOMY: Taxonomy = {
  labels: [],
  fields: [
    {
      id: "kind",
      title: "Kind",
      type: "single",
      required: true,
      options: [
        { value: "cat", title: "Cat" },
        { value: "dog", title: "Dog" },
      ],
    },
  ],
};

function task(id: string, more: Partial<Task> = {}): Task {
  return {
    task_id: id,
    lease_id: `lse_${id}`,
    lease_remaining_ms: 900_000,
    heartbeat_ms: 180_000,
    project: { id: "prj_1", name: "P", media: "image" },
    batch: { id: "bat_1", name: "B", kind: "production" },
    asset: {
      id: `ast_${id}`,
      ordinal: 0,
      name: `${id}.png`,
      reference_id: null,
      media_type: "image/png",
      size: 1,
      width: 10,
      height: 10,
      upload: null,
      uploaded_at: "",
      metadata: {},
      thumbnail: null,
      content: `/${id}`,
      url: null,
      excerpt: null,
      status: "claimed",
      batches: [],
    },
    taxonomy_version: 1,
    draft: null,
    stage: "label",
    level: 0,
    review_levels: 0,
    round: 1,
    answers: [],
    reviews: [],
    reopened: null,
    prelabel: null,
    agreement: null,
    ...more,
  };
}

const offline = () => new ApiError(0, { code: "offline", message: "offline" });
const refusal = (status: number, code: string, details: Record<string, unknown> = {}) =>
  new ApiError(status, { code, message: code, details });

/** A server with open tasks, that can be made to fail. */
class FakeServer implements LabellingPort {
  open: Task[] = [];
  held: Task[] = [];
  submitted: (Omit<OutboxEntry, "lease_id"> & { lease: string })[] = [];
  drafts: { lease: string; seq: number; response: Answer }[] = [];
  released: string[] = [];
  skipped: string[] = [];
  claims: string[] = [];
  failing: ApiError | null = null;
  submitFailure: ApiError | null = null;
  draftFailure: ApiError | null = null;
  /** Loses the answer to a submit that it did take. */
  losesAnswer = false;
  /** Of training tasks, by their id. */
  feedback = new Map<string, Feedback>();

  async claim(claimId: string): Promise<Claim> {
    this.claims.push(claimId);
    if (this.failing) throw this.failing;
    while (this.held.length < 2) {
      const next = this.open.shift();
      if (!next) break;
      this.held.push(next);
    }
    const reason = this.held.length > 0 ? null : { code: "all_done", message: "All done." };
    return { tasks: [...this.held], reason };
  }
  async heartbeat(): Promise<void> {
    if (this.failing) throw this.failing;
  }
  async saveDraft(lease: string, response: Answer, seq: number) {
    if (this.failing) throw this.failing;
    if (this.draftFailure) throw this.draftFailure;
    this.drafts.push({ lease, seq, response });
    return { saved_at: new Date(Date.now()).toISOString() };
  }
  async deliver({ lease_id: lease, ...body }: OutboxEntry): Promise<Feedback | null> {
    if (this.failing) throw this.failing;
    if (this.submitFailure) throw this.submitFailure;
    const known = this.submitted.find((other) => other.submission_id === body.submission_id);
    if (!known) this.submitted.push({ ...body, lease });
    this.held = this.held.filter((held) => held.lease_id !== lease);
    if (this.losesAnswer) {
      this.losesAnswer = false;
      throw offline();
    }
    return this.feedback.get(body.task_id) ?? null;
  }
  async release(lease: string): Promise<void> {
    if (this.failing) throw this.failing;
    this.released.push(lease);
    this.held = this.held.filter((held) => held.lease_id !== lease);
  }
  async skip(lease: string): Promise<void> {
    if (this.failing) throw this.failing;
    this.skipped.push(lease);
    this.held = this.held.filter((held) => held.lease_id !== lease);
  }
  async taxonomy(): Promise<Taxonomy> {
    return TAXONOMY;
  }
  async text(): Promise<string> {
    return "";
  }
  preloadImage(): void {}
  async counts() {
    return { toLabel: 2, toReview: 1, doneToday: 5 + this.submitted.length };
  }
}

async function begin(ids: string[], journal = new MemoryJournal(), server = new FakeServer()) {
  server.open.push(...ids.map((id) => task(id)));
  const session = new LabellingSession(server, journal, undefined);
  await session.start();
  await vi.advanceTimersByTimeAsync(0);
  const shown = () => session.current?.task.task_id ?? session.getState().phase.kind;
  const answer = (value = "cat") =>
    session.current?.document.apply((old) => setField(old, "kind", value));
  return { session, server, journal, shown, answer, settle: () => vi.advanceTimersByTimeAsync(0) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the day of an annotator", () => {
  test("the next task is there at once, and each answer arrives once", async () => {
    const it = await begin(["a", "b", "c"]);
    expect(it.shown()).toBe("a");
    for (const next of ["b", "c", "empty"]) {
      it.answer();
      await it.session.submit();
      await it.settle();
      expect(it.shown()).toBe(next);
    }
    expect(it.server.submitted.map(({ lease }) => lease)).toEqual(["lse_a", "lse_b", "lse_c"]);
    expect(it.session.getState().doneToday).toBe(8);
  });

  test("an incomplete answer stays and says where", async () => {
    const it = await begin(["a"]);
    await it.session.submit();
    expect(it.shown()).toBe("a");
    expect(it.session.getState().problems).toEqual([
      { path: "fields.kind", message: "is required" },
    ]);
    expect(it.server.submitted).toEqual([]);
    it.answer();
    expect(it.session.getState().problems).toEqual([]);
  });

  test("work that appears is picked up without a reload", async () => {
    const it = await begin([]);
    expect(it.shown()).toBe("empty");
    it.server.open.push(task("late"));
    await vi.advanceTimersByTimeAsync(POLL_EMPTY_MS);
    expect(it.shown()).toBe("late");
  });

  test("skip and release go on, or stop", async () => {
    const it = await begin(["a", "b", "c"]);
    await it.session.skip("unclear");
    expect(it.shown()).toBe("b");
    await it.settle();
    await it.session.release();
    expect(it.shown()).toBe("stopped");
    expect(it.server.released.toSorted()).toEqual(["lse_b", "lse_c"]);
  });
});

describe("a lost connection", () => {
  test("answers wait and are delivered once, in order, when it is back", async () => {
    const it = await begin(["a", "b", "c"]);
    it.server.failing = offline();
    it.answer("cat");
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS);
    expect(it.shown()).toBe("b");
    it.answer("dog");
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS);
    expect(it.session.getState()).toMatchObject({ offline: true, outbox: { waiting: 2 } });
    it.server.failing = null;
    it.session.reconnect();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(it.server.submitted.map(({ response }) => response.fields["kind"])).toEqual([
      "cat",
      "dog",
    ]);
    expect(it.session.getState()).toMatchObject({ offline: false, outbox: { waiting: 0 } });
    expect(it.shown()).toBe("c");
  });

  test("an answer whose confirmation was lost is sent again under the same id", async () => {
    const it = await begin(["a", "b"]);
    it.server.losesAnswer = true;
    it.answer();
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(it.server.submitted).toHaveLength(1);
    expect(it.session.getState().outbox.waiting).toBe(0);
  });

  test("what a closed page left behind is delivered by the next", async () => {
    const first = await begin(["a"]);
    first.server.failing = offline();
    first.answer();
    await first.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS);
    first.session.close();
    first.server.failing = null;
    const second = await begin([], first.journal, first.server);
    await second.settle();
    expect(first.server.submitted).toHaveLength(1);
    expect(second.shown()).toBe("empty");
  });

  test("a claim that got no answer is repeated with its own id", async () => {
    const server = new FakeServer();
    server.failing = offline();
    const it = await begin(["a"], new MemoryJournal(), server);
    expect(it.shown()).toBe("loading");
    server.failing = null;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(it.shown()).toBe("a");
    expect(server.claims[0]).toBe(server.claims[1]);
  });
});

describe("refusals", () => {
  test("a lost lease is said and the next task comes", async () => {
    const it = await begin(["a", "b"]);
    it.server.submitFailure = refusal(409, "lease_lost");
    it.answer();
    await it.session.submit();
    it.server.held = it.server.held.filter(({ task_id }) => task_id !== "a");
    await it.settle();
    expect(it.shown()).toBe("b");
    expect(it.session.getState().notice?.text).toContain("kept as a draft");
  });

  test("what was fetched ahead of a cancelled batch is not shown", async () => {
    const it = await begin(["a", "b"]);
    it.server.submitFailure = refusal(409, "batch_cancelled");
    it.server.held = [];
    it.answer();
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("empty");
    expect(it.session.getState().notice?.tone).toBe("warn");
  });

  test("an answer that the server finds invalid stays with its problems and can be handed in again", async () => {
    const it = await begin(["a", "b"]);
    const problems = [{ path: "fields.kind", message: "must be one of: x" }];
    it.server.submitFailure = refusal(422, "invalid_response", { problems });
    it.answer();
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS);
    expect(it.shown()).toBe("a");
    expect(it.session.getState()).toMatchObject({ problems, submitting: false });
    it.server.submitFailure = null;
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("b");
  });

  test("a refusal that comes late brings the task back before the one on screen", async () => {
    const it = await begin(["a", "b"]);
    it.server.failing = offline();
    it.answer();
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS);
    expect(it.shown()).toBe("b");
    it.server.failing = null;
    it.server.submitFailure = refusal(422, "invalid_response", {
      problems: [{ path: "annotations", message: "x" }],
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(it.shown()).toBe("a");
    it.server.submitFailure = null;
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("b");
  });
});

describe("drafts", () => {
  test("journal soon, server after a pause, rising numbers, the newest content", async () => {
    const it = await begin(["a"]);
    it.answer("cat");
    await vi.advanceTimersByTimeAsync(400);
    expect(await it.journal.draft("a")).toMatchObject({ dirty: true });
    expect(it.server.drafts).toHaveLength(0);
    it.answer("dog");
    await vi.advanceTimersByTimeAsync(1_600);
    it.answer("cat");
    await vi.advanceTimersByTimeAsync(1_600);
    expect(it.server.drafts.map(({ response }) => response.fields["kind"])).toEqual(["dog", "cat"]);
    const [one, two] = it.server.drafts;
    expect((two?.seq ?? 0) > (one?.seq ?? 0)).toBe(true);
    expect(await it.journal.draft("a")).toMatchObject({ dirty: false });
  });

  test("someone who never pauses is saved too", async () => {
    const it = await begin(["a"]);
    for (let i = 0; i < 30; i += 1) {
      it.answer(i % 2 === 0 ? "cat" : "dog");
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(it.server.drafts.length).toBeGreaterThanOrEqual(1);
  });

  test("after a reload the journal's newer work is back and goes to the server", async () => {
    const first = await begin(["a"]);
    first.server.failing = offline();
    first.answer("dog");
    await vi.advanceTimersByTimeAsync(2_000);
    first.server.failing = null;
    const second = await begin([], first.journal, first.server);
    expect(second.session.current?.document.answer.fields).toEqual({ kind: "dog" });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(first.server.drafts.at(-1)?.response.fields).toEqual({ kind: "dog" });
  });

  test("a draft on a lost lease moves on to the next task", async () => {
    const it = await begin(["a", "b"]);
    it.answer();
    it.server.draftFailure = refusal(409, "lease_lost");
    it.server.held = it.server.held.filter(({ task_id }) => task_id !== "a");
    await vi.advanceTimersByTimeAsync(1_600);
    expect(it.shown()).toBe("b");
    expect(it.session.getState().notice?.tone).toBe("warn");
  });
});

describe("pre-labels", () => {
  const said: Answer = { annotations: [], fields: { kind: "dog" } };
  const of = (response: Answer) => ({ source: "yolo-v8", score: 0.83, response, left_out: [] });
  const start = (more: Partial<Task> = {}) => {
    const server = new FakeServer();
    server.open.push(task("a", { prelabel: of(said), ...more }));
    return begin([], new MemoryJournal(), server);
  };

  test("a new task begins with it, and it may be handed in as it is", async () => {
    const it = await start();
    expect(it.session.current?.document.answer).toBe(said);
    await it.session.submit();
    await it.settle();
    expect(it.server.submitted.map(({ response }) => response)).toEqual([said]);
    expect(it.server.drafts).toEqual([]);
  });

  test("one key clears what is untouched, and takes it anew else; both can be undone", async () => {
    const it = await start();
    const work = it.session.current;
    if (!work) throw new Error("no task");
    const kind = () => work.document.answer.fields["kind"];
    togglePrelabel(work);
    expect(kind()).toBeUndefined();
    togglePrelabel(work);
    expect(kind()).toBe("dog");
    it.answer("cat");
    togglePrelabel(work);
    expect(kind()).toBe("dog");
    work.document.undo();
    expect(kind()).toBe("cat");
  });

  test("what the person did before goes first", async () => {
    const draft = {
      response: { annotations: [], fields: { kind: "cat" } },
      seq: 1,
      saved_at: new Date(Date.now()).toISOString(),
    };
    const drafted = await start({ draft });
    expect(drafted.session.current?.document.answer.fields["kind"]).toBe("cat");
    const own = {
      submission_id: "sub_1",
      slot: 0,
      by: null,
      at: "",
      seconds: 1,
      response: { annotations: [], fields: {} },
      taxonomy_version: 1,
    };
    const back = await start({ round: 2, answers: [own] });
    expect(back.session.current?.document.answer.fields).toEqual({});
  });

  test("what was left out is said", () => {
    const gone = (n: number) => ({ path: `annotations[${n}].label`, message: "is no label" });
    expect(leftOutText([gone(0)])).toBe(
      "A part of it is left out, for the taxonomy has changed since: annotations[0].label is no label.",
    );
    expect(leftOutText([0, 1, 2, 3].map(gone))).toContain("4 parts of it are left out");
    expect(leftOutText([0, 1, 2, 3].map(gone))).toContain("; and 1 more.");
  });
});

describe("reviews, and answers that are changed", () => {
  const said = (slot: number, value: string) => ({
    submission_id: `sub_${slot}`,
    slot,
    by: { id: `usr_${slot}`, name: `Person ${slot}` },
    at: "",
    seconds: 4,
    taxonomy_version: 1,
    response: { annotations: [], fields: { kind: value } },
  });
  const review = (id: string): Task =>
    task(id, { stage: "review", level: 1, answers: [said(0, "cat"), said(1, "dog")] });

  async function beginWith(...tasks: Task[]) {
    const server = new FakeServer();
    server.open.push(...tasks);
    const it = await begin([], new MemoryJournal(), server);
    return { ...it, acts: () => server.submitted.map(({ act }) => act) };
  }

  test("accept and send back give their verdict and go on; handing in is not one", async () => {
    const it = await beginWith(review("a"), review("b"), review("c"));
    await it.session.submit();
    expect(it.server.submitted).toEqual([]);
    await it.session.accept();
    await it.settle();
    expect(it.shown()).toBe("b");
    await it.session.sendBack("  ", []);
    expect(it.shown()).toBe("b");
    await it.session.sendBack(" box the tail too ", [1]);
    await it.settle();
    expect(it.shown()).toBe("c");
    expect(it.acts()).toEqual([
      { kind: "accept" },
      { kind: "reject", note: "box the tail too", slots: [1] },
    ]);
    expect(it.session.getState()).toMatchObject({ doneToday: 5, last: null });
  });

  test("a fix starts from the chosen answer, and is left and taken up with its edits", async () => {
    const it = await beginWith(review("a"));
    it.session.fix(1);
    expect(it.session.current?.document.answer.fields.kind).toBe("dog");
    await vi.advanceTimersByTimeAsync(20_000);
    // Looking is not a draft: after a reload there is nothing to take up.
    expect(it.server.drafts).toEqual([]);
    it.answer("cat");
    it.session.stopFixing();
    it.session.fix(1);
    expect(it.session.current?.document.answer.fields.kind).toBe("cat");
    await it.session.submit();
    await it.settle();
    expect(it.server.submitted).toMatchObject([
      { act: { kind: "fix" }, response: { fields: { kind: "cat" } } },
    ]);
  });

  test("a task sent back opens with the last answer, and comes back in the same session", async () => {
    const it = await beginWith(task("a"), task("b"));
    it.answer("dog");
    await it.session.submit();
    await it.settle();
    it.server.open.push(
      task("a", { lease_id: "lse_a2", round: 2, answers: [said(0, "dog")] }),
      task("c"),
    );
    it.answer("cat");
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("a");
    expect(it.session.current?.document.answer.fields.kind).toBe("dog");
  });

  test("what was handed in is changed in front of the present task, without a lease or a draft", async () => {
    const it = await beginWith(task("a"), task("b"));
    it.answer("dog");
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("b");
    it.session.changeLast();
    expect(it.session.current).toMatchObject({ amends: true });
    it.answer("cat");
    await it.session.release();
    await it.session.skip("unclear");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(it.server.drafts).toEqual([]);
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("b");
    expect(it.server.submitted[1]).toMatchObject({
      act: { kind: "amend" },
      task_id: "a",
      response: { fields: { kind: "cat" } },
    });
    expect(it.session.getState().doneToday).toBe(6);
  });

  test("a change that comes after a review has begun is refused and said; the present task stays", async () => {
    const it = await beginWith(task("a"), task("b"), task("c"));
    it.answer("dog");
    await it.session.submit();
    await it.settle();
    it.session.changeLast();
    it.answer("cat");
    it.server.submitFailure = new ApiError(409, { code: "review_begun", message: "too late" });
    await it.session.submit();
    await it.settle();
    expect(it.shown()).toBe("b");
    expect(it.session.getState().notice?.text).toContain("was not changed: too late");
  });
});

describe("training", () => {
  const training = { batch: { id: "bat_t", name: "T", kind: "training" as const } };
  const known = (score: number): Feedback => ({
    score,
    response: { annotations: [], fields: { kind: "dog" } },
    note: "It barks.",
  });

  async function trained(journal = new MemoryJournal(), server = new FakeServer()) {
    server.open.push(task("t", training), task("real"));
    server.feedback.set("t", known(0));
    return begin([], journal, server);
  }

  test("how it went is shown before the next task, whose time does not run meanwhile", async () => {
    const it = await trained();
    it.answer("cat");
    await it.session.submit();
    await it.settle();
    const [told] = it.session.getState().told;
    expect(told).toMatchObject({ name: "t.png", feedback: known(0), late: false });
    expect(told?.yours.fields["kind"]).toBe("cat");
    // Whoever has seen the known answer has nothing to change.
    expect(it.session.getState().last).toBe(null);
    await vi.advanceTimersByTimeAsync(30_000);
    it.session.setVisible(false);
    it.session.setVisible(true);
    await vi.advanceTimersByTimeAsync(30_000);
    it.session.goOnFromTold();
    expect(it.session.getState().told).toEqual([]);
    expect(it.shown()).toBe("real");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(it.session.current?.clock.seconds(Date.now())).toBe(2);
    it.answer();
    await it.session.submit();
    await it.settle();
    expect(it.session.getState().told).toEqual([]);
    expect(it.session.getState().last?.work.task.task_id).toBe("real");
  });

  test("without a connection the work goes on, and how it went comes with the connection", async () => {
    const it = await trained();
    it.server.failing = offline();
    it.answer("cat");
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS);
    expect(it.shown()).toBe("real");
    expect(it.session.getState().told).toEqual([]);
    it.server.failing = null;
    it.session.reconnect();
    await it.settle();
    expect(it.session.getState().told).toMatchObject([{ name: "t.png", late: true }]);
    it.session.goOnFromTold();
    expect(it.shown()).toBe("real");
  });

  test("a slow server is waited for, longer than with other tasks", async () => {
    const it = await trained();
    let answer = () => {};
    it.server.deliver = () =>
      new Promise((resolve) => {
        answer = () => resolve(known(1));
      });
    it.answer("dog");
    await it.session.submit();
    await vi.advanceTimersByTimeAsync(SUBMIT_GRACE_MS * 4);
    expect(it.shown()).toBe("t");
    answer();
    await it.settle();
    expect(it.session.getState().told).toMatchObject([{ late: false }]);
    await vi.advanceTimersByTimeAsync(TRAINING_GRACE_MS);
    expect(it.shown()).toBe("real");
  });

  test("what a closed page handed in is told by the next, in the words of its taxonomy", async () => {
    const journal = new MemoryJournal();
    const first = await trained(journal);
    first.server.losesAnswer = true;
    first.answer("cat");
    await first.session.submit();
    await first.settle();
    first.session.close();
    const next = await begin([], journal, first.server);
    expect(next.server.submitted).toHaveLength(1);
    expect(next.session.getState().told).toMatchObject([
      { name: "t.png", work: null, late: true, taxonomy: TAXONOMY },
    ]);
  });
});
