/** Run now, pause, resume, delete: each says what came of it, and renews what is shown. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { actOnStanding, deleteStanding, type StandingAction } from "~/api/standing";
import type { StandingBatch } from "~/api/types";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { plural } from "~/lib/format";

function doneText({ name, last_run: run }: StandingBatch, action: StandingAction): string {
  if (action === "pause") return `“${name}” is paused.`;
  if (action === "resume") return `“${name}” goes on.`;
  if (run?.outcome === "empty") return `“${name}” found nothing new, so it made no batch.`;
  if (run?.outcome === "failed") return `“${name}” failed: ${run.message ?? "see its history"}.`;
  if (run?.batch == null) return `“${name}” ran.`;
  return `“${name}” made “${run.batch.name}” of ${plural(run.members, "task")}.`;
}

export function useStandingActions(projectId: string, onDeleted?: () => void) {
  const client = useQueryClient();
  const refresh = () => {
    for (const key of ["standing", "standing-runs", "batches"]) {
      void client.invalidateQueries({ queryKey: [key, projectId] });
    }
  };
  const act = useMutation({
    mutationFn: ({ standing, action }: { standing: StandingBatch; action: StandingAction }) =>
      actOnStanding(projectId, standing.id, action),
    onSuccess: (answer, { action }) => notifyDone(doneText(answer, action)),
    onError: (error) => notifyError(error, "That did not work"),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (standing: StandingBatch) => deleteStanding(projectId, standing.id),
    onSuccess: (_answer, standing) => {
      notifyDone(`“${standing.name}” is deleted. The batches that it made stay.`);
      onDeleted?.();
    },
    onError: (error) => notifyError(error, "It was not deleted"),
    onSettled: refresh,
  });
  return {
    busy: act.isPending || remove.isPending,
    act: (standing: StandingBatch, action: StandingAction) => act.mutate({ standing, action }),
    remove: async (standing: StandingBatch) => {
      const yes = await confirm({
        title: `Delete “${standing.name}”?`,
        text: "It makes no more batches, and its history is gone. The batches that it made stay.",
        yes: "Delete it",
        danger: true,
      });
      if (yes) remove.mutate(standing);
    },
  };
}
