/**
 * A table of any length in a page that scrolls: only the rows near the view are drawn, all of one height, and what
 * stands for the others is two empty rows. Columns have fixed widths, so that nothing jumps while one scrolls.
 */
import { Loader } from "@mantine/core";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { Failure } from "~/components/Page";
import page from "~/components/page.module.css";
import type { CursorState, CursorStore } from "./cursorStore";
import css from "./grid.module.css";

export const ROW_HEIGHT = 38;
/** Rows drawn above and below the view. */
const OVER = 12;

export function LongTable<T extends { id: string }>({
  label,
  head,
  columns,
  list,
  store,
  renderRow,
}: {
  label: string;
  /** One row of `th`, which say the widths. */
  head: ReactNode;
  columns: number;
  list: CursorState<T>;
  store: CursorStore<T>;
  /** One `tr`, of ROW_HEIGHT; cells cut what is too long. */
  renderRow: (row: T) => ReactNode;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [view, setView] = useState({ first: 0, end: 40 });
  const { rows } = list;
  useLayoutEffect(() => {
    const table = body.current;
    const scroller = table?.closest("[data-scroller]") ?? null;
    if (table === null || scroller === null) return;
    const measure = () => {
      const above = scroller.getBoundingClientRect().top - table.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(above / ROW_HEIGHT));
      const end = Math.ceil((above + scroller.clientHeight) / ROW_HEIGHT);
      setView((now) => (now.first === first && now.end === end ? now : { first, end }));
    };
    measure();
    scroller.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, []);
  useEffect(() => store.look(view.first, view.end), [store, view]);

  const first = Math.min(Math.max(0, view.first - OVER), rows.length);
  const end = Math.min(rows.length, view.end + OVER);
  const space = (n: number) =>
    n > 0 && (
      <tr aria-hidden className={css.spacer}>
        <td colSpan={columns} style={{ height: n * ROW_HEIGHT, padding: 0 }} />
      </tr>
    );
  return (
    <section className={page.section} aria-label={label}>
      <table
        className={`${page.table} ${css.long}`}
        aria-rowcount={list.total === null ? -1 : list.total + 1}
      >
        <thead>{head}</thead>
        <tbody ref={body}>
          {space(first)}
          {rows.slice(first, end).map(renderRow)}
          {space(rows.length - end)}
        </tbody>
      </table>
      {!list.complete && (
        <div className={css.longEnd}>
          {list.error === null ? (
            <Loader size={14} aria-label="Loading older ones" />
          ) : (
            <Failure error={list.error} onRetry={() => store.refresh()} />
          )}
        </div>
      )}
    </section>
  );
}
