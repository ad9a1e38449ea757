/** Of an asset: its task in each batch, and why it is served or is not. */
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { taskQueueQuery } from "~/api/order";
import { unskipTask } from "~/api/queue";
import type { AssetDetail, SlotQueue } from "~/api/types";
import css from "~/components/asset/asset.module.css";
import { notifyError } from "~/components/notify";
import { Failure } from "~/components/Page";
import page from "./library.module.css";

/** Batches whose tasks are asked after. */
const SHOWN = 5;
/** A batch that labels data has no more judgements and reviews a task; a quality task is for everybody. */
const SLOTS_MAX = 20;

export function TaskQueuePart({
  projectId,
  asset,
  canManage,
}: {
  projectId: string;
  asset: AssetDetail;
  canManage: boolean;
}) {
  if (asset.tasks.length === 0) return null;
  return (
    <div className={page.panelPart}>
      <h2>In the queue</h2>
      {asset.tasks.slice(-SHOWN).map((task) => (
        <TaskWhy
          key={task.id}
          projectId={projectId}
          taskId={task.id}
          batch={task.batch.name}
          canManage={canManage}
        />
      ))}
    </div>
  );
}

function TaskWhy({
  projectId,
  taskId,
  batch,
  canManage,
}: {
  projectId: string;
  taskId: string;
  batch: string;
  canManage: boolean;
}) {
  const client = useQueryClient();
  const query = useQuery(taskQueueQuery(projectId, taskId));
  const unskip = useMutation({
    mutationFn: (person: string) => unskipTask(projectId, taskId, person),
    onSuccess: () => client.invalidateQueries({ queryKey: ["task-queue", projectId, taskId] }),
    onError: (error) => notifyError(error, "The skip stays"),
  });
  const told = query.data;
  const slots = told?.slots ?? [];
  const shown = slots.length > SLOTS_MAX ? slots.filter(({ state }) => state !== "open") : slots;
  return (
    <div style={{ marginBottom: 10 }}>
      <strong>{batch}</strong>
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {told !== undefined && (
        <>
          {told.stopped !== null && <div>{sentence(told.reason)}</div>}
          <table className={css.meta}>
            <tbody>
              {shown.map((slot) => (
                <tr key={slot.work + slot.number}>
                  <th scope="row">{slotName(slot, told.slots)}</th>
                  <td>{sentence(slot.reason)}</td>
                </tr>
              ))}
              {shown.length < slots.length && (
                <tr>
                  <th scope="row">Others</th>
                  <td>May be given it too: its answer is known.</td>
                </tr>
              )}
              {told.skips.map((skip) => (
                <tr key={`${skip.person?.id ?? ""}${skip.work}`}>
                  <th scope="row">Skipped</th>
                  <td>
                    by {skip.person?.name ?? "somebody"}
                    {skip.reason !== "" && `: ${skip.reason}`}
                    {canManage && skip.person !== null && (
                      <Button
                        variant="subtle"
                        size="compact-xs"
                        ml={6}
                        loading={unskip.isPending && unskip.variables === skip.person.id}
                        onClick={() => skip.person !== null && unskip.mutate(skip.person.id)}
                      >
                        Take back
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function slotName(slot: SlotQueue, all: SlotQueue[]): string {
  const name = slot.work === "label" ? "Judgement" : "Review";
  const several = all.filter(({ work }) => work === slot.work).length > 1;
  return several ? `${name} ${slot.number}` : name;
}
