/** A metadata update at work: how far it is, what came of it, what was refused and why. */
import { Button, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { cancelMetadataUpdate, metadataReportQuery, metadataUpdateQuery } from "~/api/metadata";
import type { MetadataUpdate, MetadataUpdateState } from "~/api/types";
import { notifyError } from "~/components/notify";
import { Failure, Stat, Stats } from "~/components/Page";
import css from "~/components/page.module.css";
import { count } from "~/lib/format";

const ENDS: Record<Exclude<MetadataUpdateState, "running">, string> = {
  done: "Done.",
  failed: "It failed. What was changed before stays changed.",
  cancelled: "Cancelled. What was changed before stays changed.",
  interrupted: "The server stopped in the middle. What was changed before stays changed.",
};

export function UpdateProgress({
  projectId,
  started,
  onFinished,
  onClose,
}: {
  projectId: string;
  started: MetadataUpdate;
  onFinished: () => void;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const query = useQuery({
    ...metadataUpdateQuery(projectId, started.id),
    initialData: started,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 400 : false),
  });
  const update = query.data;
  const running = update.state === "running";
  useEffect(() => {
    if (!running) onFinished();
    // Once, when it ends.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [running]);
  const cancel = useMutation({
    mutationFn: () => cancelMetadataUpdate(projectId, update.id),
    onError: (error) => notifyError(error, "It was not cancelled"),
    onSettled: () =>
      client.invalidateQueries({ queryKey: ["metadata-update", projectId, update.id] }),
  });
  const total = update.total ?? null;
  const part = total === null || total === 0 ? (running ? 0 : 100) : (update.done / total) * 100;
  return (
    <div style={{ display: "grid", gap: 14 }}>
      <div role="status">
        {update.state === "running"
          ? `${count(update.done)}${total === null ? "" : ` of ${count(total)}`} done`
          : ENDS[update.state]}
        {update.message !== null && ` ${update.message}`}
      </div>
      <Progress
        value={part}
        animated={running}
        color={update.state === "failed" || update.state === "interrupted" ? "red" : "leaf"}
        aria-label="Progress"
      />
      <div style={{ marginBottom: -16 }}>
        <Stats>
          <Stat label="Changed" value={count(update.updated)} />
          <Stat label="As they were" value={count(update.unchanged)} />
          <Stat label="Refused" value={count(update.refused)} />
        </Stats>
      </div>
      {!running && update.refused > 0 && <Report projectId={projectId} id={update.id} />}
      {query.error !== null && <Failure error={query.error} />}
      <div style={{ display: "flex", gap: 8, justifyContent: "end" }}>
        {running && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel
          </Button>
        )}
        <Button onClick={onClose} data-autofocus>
          {running ? "Close: it goes on" : "Close"}
        </Button>
      </div>
    </div>
  );
}

function Report({ projectId, id }: { projectId: string; id: string }) {
  const query = useQuery(metadataReportQuery(projectId, id));
  if (query.error !== null) return <Failure error={query.error} />;
  const items = (query.data?.items ?? []).slice(0, 200);
  return (
    <div style={{ maxHeight: 240, overflow: "auto" }}>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Row</th>
            <th>Why it was refused</th>
          </tr>
        </thead>
        <tbody>
          {items.map((problem, i) => (
            <tr key={`${i}-${String(problem.row)}`}>
              <td className="num">{problem.row ?? "–"}</td>
              <td>
                {problem.message}
                {problem.hint !== null && <div className={css.dim}>{problem.hint}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
