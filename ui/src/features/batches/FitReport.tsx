/** How far a quota is met: for each value what was wanted, what there is, what was picked. */
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import type { Fit } from "~/api/types";
import page from "~/components/page.module.css";
import { valueName } from "~/components/recipe/pick";
import { count, percent, plural } from "~/lib/format";
import css from "./batches.module.css";

/** Rows before "show all": a field may have a thousand values. */
const SHOWN = 12;

const isShort = (row: Fit) => row.picked < row.wanted;

export function FitReport({ fit, by, fill }: { fit: Fit[]; by: string; fill: boolean }) {
  const [all, setAll] = useState(false);
  const short = fit.filter(isShort);
  const lacking = short.reduce((sum, row) => sum + row.wanted - row.picked, 0);
  const shares = fit.reduce((sum, row) => sum + row.share, 0);
  const picked = fit.reduce((sum, row) => sum + row.picked, 0);
  const wanted = fit.reduce((sum, row) => sum + row.wanted, 0);
  // What falls short is seen first when not all rows are.
  const ordered = [...short, ...fit.filter((row) => !isShort(row))];
  const shown = all || fit.length <= SHOWN ? (fit.length <= SHOWN ? fit : ordered) : ordered;
  const most = Math.max(1, ...fit.map((row) => Math.max(row.wanted, row.picked)));
  return (
    <>
      <p className={css.fitLine} role="status" data-short={short.length > 0}>
        {short.length === 0 ? (
          `All ${plural(fit.length, "share")} are met.`
        ) : (
          <>
            <IconAlertTriangle size={15} aria-hidden />
            {`${short.length === 1 ? "1 value falls" : `${count(short.length)} values fall`} short, by ${plural(lacking, "asset")}`}
            {fill
              ? picked >= wanted
                ? "; the others fill it up."
                : "; the others cannot fill all of it."
              : ". Filling up from the others is off."}
          </>
        )}
      </p>
      <div className={css.fitBox}>
        <table className={page.table}>
          <thead>
            <tr>
              <th>{by}</th>
              <th className={page.right}>Share</th>
              <th className={page.right}>Wanted</th>
              <th className={page.right}>Available</th>
              <th className={page.right}>Picked</th>
              <th style={{ width: "24%" }} aria-label="Picked of wanted" />
            </tr>
          </thead>
          <tbody>
            {(all ? shown : shown.slice(0, SHOWN)).map((row) => (
              <tr key={JSON.stringify(row.value)} data-short={isShort(row)}>
                <td className={css.fitValue}>{valueName(row.value, by)}</td>
                <td className={page.right}>{percent(row.share, shares)}</td>
                <td className={page.right}>{count(row.wanted)}</td>
                <td className={page.right}>{count(row.available)}</td>
                <td className={page.right}>
                  {count(row.picked)}
                  {isShort(row) && (
                    <div className={css.fitShort}>{count(row.wanted - row.picked)} short</div>
                  )}
                </td>
                <td>
                  <span className={css.fitTrack} aria-hidden>
                    <i style={{ width: `${(row.wanted / most) * 100}%` }} />
                    <b style={{ width: `${(row.picked / most) * 100}%` }} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {fit.length > SHOWN && (
        <button type="button" className={css.linkish} onClick={() => setAll(!all)}>
          {all ? "Show less" : `Show all ${count(fit.length)}`}
        </button>
      )}
    </>
  );
}
