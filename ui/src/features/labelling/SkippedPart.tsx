/** What a person passed on, with the way back. */
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { skipsQuery, unskipTask } from "~/api/queue";
import type { Skip } from "~/api/types";
import { notifyDone, notifyError } from "~/components/notify";
import { Section } from "~/components/Page";
import page from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import css from "./history.module.css";

export function SkippedPart({ projectId }: { projectId?: string }) {
  const query = useQuery(skipsQuery(projectId));
  const items = query.data?.items ?? [];
  // Most people have none, and then it is no news.
  if (items.length === 0) return null;
  return (
    <div style={{ marginTop: 16 }}>
      <Section title="Skipped" flush>
        <table className={page.table}>
          <thead>
            <tr>
              <th>Asset</th>
              <th>Your reason</th>
              <th>Batch</th>
              <th>Skipped</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {items.map((skip) => (
              <Row key={skip.task_id} skip={skip} />
            ))}
          </tbody>
        </table>
      </Section>
    </div>
  );
}

function Row({ skip }: { skip: Skip }) {
  const client = useQueryClient();
  const back = useMutation({
    mutationFn: () => unskipTask(skip.project_id, skip.task_id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["skips"] });
      void client.invalidateQueries({ queryKey: ["queue"] });
      notifyDone("Taken back: the task may be handed to you again.");
    },
    onError: (error) => notifyError(error, "The skip stays"),
  });
  return (
    <tr>
      <td>
        <span className={css.asset}>
          {skip.asset.thumbnail && (
            <img className={css.thumb} src={skip.asset.thumbnail} alt="" loading="lazy" />
          )}
          {skip.asset.name}
        </span>
      </td>
      <td className={css.answer}>{skip.reason === "" ? "None given" : skip.reason}</td>
      <td>{skip.batch.name}</td>
      <td>
        <TimeAgo time={skip.at} />
      </td>
      <td className={page.right}>
        {skip.open ? (
          <Button
            variant="default"
            size="compact-xs"
            loading={back.isPending}
            onClick={() => back.mutate()}
          >
            Take back
          </Button>
        ) : (
          <span className={page.dim}>The batch has ended</span>
        )}
      </td>
    </tr>
  );
}
