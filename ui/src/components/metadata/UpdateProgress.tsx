/** A metadata update at work: how far it is, what came of it, what was refused and why. */
import { Button, Progress } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { cancelMetadataUpdate, metadataUpdateQuery } from "~/api/metadata";
import type { MetadataUpdate } from "~/api/types";
import { notifyError } from "~/components/notify";
import { Failure, Stat, Stats } from "~/components/Page";
import { count } from "~/lib/format";
import { UpdateReport } from "./UpdateReport";
import { barColor, refusedText, UPDATE_ENDS, updatePart } from "./words";

export function UpdateProgress({
  projectId,
  started,
  wholeReport = false,
  onFinished,
  actions,
}: {
  projectId: string;
  started: MetadataUpdate;
  /** The report as long as it is, on a page of its own. */
  wholeReport?: boolean;
  onFinished: () => void;
  /** Buttons beside "Cancel". */
  actions?: (running: boolean) => ReactNode;
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
    void client.invalidateQueries({ queryKey: ["metadata-updates", projectId] });
    if (!running) onFinished();
    // Once when it begins, once when it ends.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [running]);
  const cancel = useMutation({
    mutationFn: () => cancelMetadataUpdate(projectId, update.id),
    onError: (error) => notifyError(error, "It was not cancelled"),
    onSettled: () =>
      client.invalidateQueries({ queryKey: ["metadata-update", projectId, update.id] }),
  });
  return (
    <div style={{ display: "grid", gap: 14 }}>
      <div role="status">
        {update.state === "running"
          ? `${count(update.done)}${update.total === null ? "" : ` of ${count(update.total)}`} done`
          : UPDATE_ENDS[update.state]}
        {update.state === "done" && update.refused > 0 && ` ${refusedText(update)}`}
        {update.message !== null && ` ${update.message}`}
      </div>
      <Progress
        value={(updatePart(update) ?? 0) * 100}
        animated={running}
        color={barColor(update)}
        aria-label="Progress"
      />
      <div style={{ marginBottom: -16 }}>
        <Stats>
          <Stat label="Changed" value={count(update.updated)} />
          <Stat label="As they were" value={count(update.unchanged)} />
          <Stat label="Refused" value={count(update.refused)} />
        </Stats>
      </div>
      {!running && update.refused > 0 && (
        <UpdateReport projectId={projectId} id={update.id} whole={wholeReport} />
      )}
      {query.error !== null && <Failure error={query.error} />}
      {(actions !== undefined || running) && (
        <div style={{ display: "flex", gap: 8, justifyContent: "end" }}>
          {running && (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel
            </Button>
          )}
          {actions?.(running)}
        </div>
      )}
    </div>
  );
}
