/** What a metadata update refused: row by row, why, and what to do. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { metadataReportQuery } from "~/api/metadata";
import { sentence } from "~/components/notify";
import { Failure } from "~/components/Page";
import { MoreRows } from "~/components/MoreRows";
import css from "~/components/page.module.css";
import { WithCode } from "~/components/WithCode";
import { count } from "~/lib/format";

export function UpdateReport({
  projectId,
  id,
  whole = false,
}: {
  projectId: string;
  id: string;
  /** As long as it is, for a page that scrolls; otherwise it scrolls by itself. */
  whole?: boolean;
}) {
  const query = useInfiniteQuery(metadataReportQuery(projectId, id));
  if (query.error !== null) return <Failure error={query.error} />;
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <div
      className={css.report}
      data-whole={whole}
      role="region"
      aria-label="What was refused"
      tabIndex={0}
    >
      <table className={css.table}>
        <thead>
          <tr>
            <th className={css.right}>Row</th>
            <th>Why it was refused</th>
            <th>Code</th>
          </tr>
        </thead>
        <tbody>
          {items.map((problem, i) => (
            <tr key={i}>
              <td className={css.right}>{problem.row === null ? "–" : count(problem.row)}</td>
              <td>
                <WithCode text={sentence(problem.message)} />
                {problem.hint !== null && (
                  <div className={css.dim}>
                    <WithCode text={sentence(problem.hint)} />
                  </div>
                )}
              </td>
              <td className={css.mono}>{problem.code}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {query.hasNextPage ? (
        <MoreRows query={query} />
      ) : (
        total > items.length &&
        items.length > 0 && (
          <p className={css.dim} style={{ margin: 0, padding: 10 }}>
            {count(total)} were refused; the report keeps the first {count(items.length)}.
          </p>
        )
      )}
    </div>
  );
}
