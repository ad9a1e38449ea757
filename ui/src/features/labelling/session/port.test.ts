import { afterEach, expect, test, vi } from "vitest";
import { queryClient } from "~/api/queryClient";
import { queueQuery } from "~/api/queue";
import { livePort } from "./port";

afterEach(() => {
  vi.unstubAllGlobals();
  queryClient.clear();
});

test("counts are asked for anew, also while an earlier question is under way", async () => {
  const waiting: ((submitted: number) => void)[] = [];
  const ask = () =>
    new Promise<globalThis.Response>((done) => {
      waiting.push((submitted_today) => {
        const projects = [{ id: "p", available: 4, reviews: 0, submitted_today }];
        done(new globalThis.Response(JSON.stringify({ projects })));
      });
    });
  vi.stubGlobal("fetch", ask);
  const before = livePort.counts("p");
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  // Handed in meanwhile: the question that is under way does not know of it.
  const after = livePort.counts("p");
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  waiting[1]?.(2);
  expect((await after).doneToday).toBe(2);
  waiting[0]?.(1);
  expect((await before).doneToday).toBe(1);
  // The older answer came last, and is not what others are shown.
  expect(queryClient.getQueryData(queueQuery.queryKey)?.projects[0]?.submitted_today).toBe(2);
});
