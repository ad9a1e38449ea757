/** What a person passed on, with the way back. */
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { skipsQuery, unskipTask } from "~/api/queue";
import type { Skip } from "~/api/types";
import { Thumb } from "~/components/asset/Thumb";
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
        <table className={`${page.table} ${page.fixed}`}>
          <thead>
            <tr>
              <th>Asset</th>
              <th>Your reason</th>
              <th style={{ width: "17%" }}>Batch</th>
              <th style={{ width: 112 }}>Skipped</th>
              <th aria-label="Actions" style={{ width: 168 }} />
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
          <Thumb src={skip.asset.thumbnail} />
          <span className={css.cut} title={skip.asset.name}>
            {skip.asset.name}
          </span>
        </span>
      </td>
      <td>{skip.reason === "" ? <span className={page.dim}>None given</span> : skip.reason}</td>
      <td className={page.clip} title={skip.batch.name}>
        {skip.batch.name}
      </td>
      <td>
        <TimeAgo time={skip.at} />
      </td>
      <td className={page.right}>
        {skip.open ? (
          <Button
            variant="default"
            size="compact-xs"
            loading={back.isPending}
            aria-label={`Take back: ${skip.asset.name}`}
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
