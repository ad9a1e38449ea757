/** Beside the form: what a run would take right now, and the runs to come with their names. */
import { Loader } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { dryRun } from "~/api/batches";
import { ThumbStrip } from "~/components/asset/AssetThumb";
import { Failure, Section, Stat, Stats } from "~/components/Page";
import { pickLack } from "~/components/recipe/pick";
import { useNow } from "~/components/TimeAgo";
import { count, moment, plural } from "~/lib/format";
import { bodyOf, nameFor, nextTimes, type StandingForm } from "./standing";
import css from "./standing.module.css";

export function FormSide({
  projectId,
  form,
  lack,
  runs,
  waiting,
}: {
  projectId: string;
  form: StandingForm;
  lack: string | null;
  /** Runs so far. */
  runs: number;
  waiting: number | null;
}) {
  const now = useNow();
  const { query, exclude, pick, name_pattern } = bodyOf(form);
  const recipe = {
    ...(query === "" ? {} : { query }),
    ...(exclude.batched === "none" ? {} : { exclude }),
    pick,
  };
  const [asked] = useDebouncedValue(recipe, 300);
  const run = useQuery({
    queryKey: ["select", projectId, "standing", asked],
    queryFn: ({ signal }) => dryRun(projectId, { recipe: asked, facets: [], sample: 12 }, signal),
    enabled: pickLack(form) === null,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
  const found = run.data;
  return (
    <div className={css.side}>
      <Section
        title="If it ran now"
        actions={run.isFetching && <Loader size={12} aria-label="Computing" />}
      >
        {run.error !== null ? (
          <Failure error={run.error} onRetry={() => void run.refetch()} />
        ) : found === undefined ? (
          <span className={css.hint}>{pickLack(form) ?? "Computing…"}</span>
        ) : (
          <>
            <Stats>
              <Stat label="Matches" value={count(found.matched)} />
              <Stat label="Already included" value={count(found.excluded)} />
              <Stat label="Would be picked" value={count(found.picked)} />
            </Stats>
            {found.sample.length > 0 ? (
              <ThumbStrip assets={found.sample} />
            ) : (
              <span className={css.hint}>
                Nothing to take now. A run that finds nothing makes no batch.
              </span>
            )}
          </>
        )}
      </Section>
      <Section title="The runs to come">
        {lack !== null && form.when === "daily" && form.at === "" ? (
          <span className={css.hint}>{lack}</span>
        ) : form.when === "daily" ? (
          <ol className={css.names} aria-label="The next names">
            {nextTimes(form.at, form.offset, now, 3).map((at, i) => (
              <li key={at}>
                <span>{nameFor(name_pattern, at, form.offset, runs + 1 + i)}</span>
                <span>{moment(new Date(at).toISOString())}</span>
              </li>
            ))}
          </ol>
        ) : (
          <ol className={css.names} aria-label="The next names">
            <li>
              <span>{nameFor(name_pattern, now, form.offset, runs + 1)}</span>
              <span>
                {waiting === null
                  ? `after ${plural(form.every, "new match", "new matches")}`
                  : `${count(waiting)} of ${count(form.every)} waiting`}
              </span>
            </li>
          </ol>
        )}
        {form.when === "daily" && (
          <div className={css.hint} style={{ marginTop: 8 }}>
            Times on the right are this browser’s.
          </div>
        )}
      </Section>
    </div>
  );
}
