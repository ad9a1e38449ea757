/** What became of a file of pre-labels, or would: the counts, and row by row what is wrong. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { PrelabelReport } from "~/api/types";
import { PrelabelsBatchLink } from "~/components/batch/PrelabelsBatchLink";
import { sentence } from "~/components/notify";
import { Stat, Stats } from "~/components/Page";
import css from "~/components/page.module.css";
import { WithCode } from "~/components/WithCode";
import { count, plural } from "~/lib/format";
import own from "./prelabels.module.css";

/** Sources that get a button each. */
const SOURCES_SHOWN = 3;

export function PrelabelReportView({
  projectId,
  report,
}: {
  projectId: string;
  report: PrelabelReport;
}) {
  const { added, replaced, unchanged, refused, problems, sources } = report;
  return (
    <div className={own.rows}>
      <div role="status">{reportWords(report)}</div>
      <Stats>
        <Stat label="Added" value={count(added)} />
        <Stat label="Replaced" value={count(replaced)} hint="said otherwise before" />
        <Stat label="As they were" value={count(unchanged)} />
        <Stat label="Refused" value={count(refused)} />
      </Stats>
      {problems.length > 0 && (
        <div className={css.report} role="region" aria-label="What is refused" tabIndex={0}>
          <table className={css.table}>
            <thead>
              <tr>
                <th className={css.right}>Row</th>
                <th>Where in it</th>
                <th>What is wrong</th>
              </tr>
            </thead>
            <tbody>
              {problems.map((problem, i) => (
                <tr key={i}>
                  <td className={css.right}>{count(problem.row)}</td>
                  <td className={css.mono}>{problem.path}</td>
                  <td>
                    <WithCode text={sentence(problem.message)} />
                    {problem.hint !== null && (
                      <div className={css.dim}>
                        <WithCode text={sentence(problem.hint)} />
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {refused > problems.length && (
            <p className={css.dim} style={{ margin: 0, padding: 10 }}>
              {count(refused)} are refused; these are the first {count(problems.length)}.
            </p>
          )}
        </div>
      )}
      {!report.dry_run && (
        <div className={own.foot}>
          {sources.slice(0, SOURCES_SHOWN).map((source) => (
            <PrelabelsBatchLink
              key={source}
              projectId={projectId}
              source={source}
              variant={sources.length === 1 ? "filled" : "default"}
            >
              {sources.length === 1
                ? "Make a batch that shows them"
                : `Make a batch that shows ${source}`}
            </PrelabelsBatchLink>
          ))}
          {sources.length > SOURCES_SHOWN && (
            <Link to="/p/$projectId/uploads/prelabels" params={{ projectId }}>
              and {count(sources.length - SOURCES_SHOWN)} more
            </Link>
          )}
          <Button variant="default" component={Link} to={`/p/${projectId}/uploads/prelabels`}>
            All pre-labels
          </Button>
        </div>
      )}
    </div>
  );
}

/** "3 rows looked at, nothing written." */
export function reportWords({ rows, dry_run }: PrelabelReport): string {
  if (rows === 0) return "There is no row in it.";
  return dry_run
    ? `${plural(rows, "row")} looked at; nothing was written.`
    : `${plural(rows, "row")} taken in.`;
}
