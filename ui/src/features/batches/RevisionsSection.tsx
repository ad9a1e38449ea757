/** How a batch came to be what it is: made, added to, taken from. */
import { useQuery } from "@tanstack/react-query";
import { revisionsQuery } from "~/api/batches";
import type { Batch, BatchRevision } from "~/api/types";
import { Failure, Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { TimeAgo } from "~/components/TimeAgo";
import { count } from "~/lib/format";
import own from "./batches.module.css";

const ACTIONS: Record<BatchRevision["action"], string> = {
  created: "Made",
  appended: "Added",
  removed: "Taken out",
};

export function RevisionsSection({ projectId, batch }: { projectId: string; batch: Batch }) {
  const query = useQuery(revisionsQuery(projectId, batch.id, batch.revision));
  const items = [...(query.data?.items ?? [])].sort((a, b) => b.revision - a.revision);
  // A batch as it was made says nothing that the recipe does not say.
  if (query.error === null && items.length < 2) return null;
  return (
    <Section title="Revisions" flush>
      {query.error !== null ? (
        <div style={{ padding: 14 }}>
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : (
        <table className={css.table}>
          <thead>
            <tr>
              <th style={{ width: 90 }}>Revision</th>
              <th>What happened</th>
              <th className={css.right}>Assets</th>
              <th>Chosen how</th>
              <th>When</th>
            </tr>
          </thead>
          <tbody>
            {items.map((entry) => (
              <tr key={entry.revision}>
                <td className="num">{entry.revision}</td>
                <td>{ACTIONS[entry.action] ?? entry.action}</td>
                <td className={css.right}>
                  {entry.action === "removed" ? "−" : "+"}
                  {count(entry.n)}
                </td>
                <td className={own.revisionText}>{entry.recipe_text}</td>
                <td className={css.dim}>
                  <TimeAgo time={entry.at} />
                  {entry.by !== null && ` by ${entry.by.name}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
