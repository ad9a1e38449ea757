/** How everybody does on tasks with known answers: on gold ones, mixed in unseen, and in training. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { qualityQuery } from "~/api/quality";
import { Failure, Section, Waiting } from "~/components/Page";
import css from "~/components/page.module.css";
import { ShowAll, useFirst } from "~/components/ShowAll";
import { TimeAgo } from "~/components/TimeAgo";
import { count, scoreWords } from "~/lib/format";
import { worstFirst } from "./worstFirst";

export function Accuracy({ projectId }: { projectId: string }) {
  const query = useQuery(qualityQuery(projectId));
  const people = worstFirst(query.data?.items ?? []);
  const { rows, showAll } = useFirst(people);
  return (
    <Section title="Accuracy" flush>
      {query.isPending && <Waiting what="accuracy" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && people.length === 0 && (
        <p className={css.none}>
          Nobody has done a task with a known answer yet.{" "}
          <Link to="/p/$projectId/batches/new" params={{ projectId }} search={{ kind: "gold" }}>
            Make a gold batch
          </Link>{" "}
          to measure how people label, or{" "}
          <Link to="/p/$projectId/batches/new" params={{ projectId }} search={{ kind: "training" }}>
            a training batch
          </Link>{" "}
          to teach them.
        </p>
      )}
      {people.length > 0 && (
        <table className={`${css.table} ${css.fixed}`}>
          <thead>
            <tr>
              <th style={{ width: "28%" }}>Person</th>
              <th className={css.right} title="Mean agreement with the known answers, 0 to 1">
                Gold score
              </th>
              <th className={css.right}>Gold tasks</th>
              <th className={css.right} title="Mean agreement with the known answers, 0 to 1">
                Training score
              </th>
              <th className={css.right}>Training tasks</th>
              <th>Last one</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.person.id}>
                <td className={css.clip} title={one.person.name}>
                  {one.person.name}
                </td>
                <td className={css.right}>{score(one.gold_score)}</td>
                <td className={css.right}>{count(one.n_gold)}</td>
                <td className={css.right}>{score(one.training_score)}</td>
                <td className={css.right}>{count(one.n_training)}</td>
                <td className={css.dim}>
                  <TimeAgo time={one.last_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {showAll !== null && <ShowAll n={people.length} what="people" onClick={showAll} />}
    </Section>
  );
}

const score = (value: number | null): string => (value === null ? "–" : scoreWords(value));
