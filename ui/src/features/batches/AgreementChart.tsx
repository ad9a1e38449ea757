/** How many tasks have which score of agreement, as bars. */
import { plural } from "~/lib/format";
import own from "./agreement.module.css";

const STEPS = 20;

export function Distribution({ bins }: { bins: readonly number[] }) {
  const most = Math.max(1, ...bins);
  const range = (bin: number) =>
    bin === STEPS
      ? "1: all agree"
      : `${(bin / STEPS).toFixed(2)} to ${((bin + 1) / STEPS).toFixed(2)}`;
  const told = bins.flatMap((n, bin) => (n > 0 ? [`${plural(n, "task")} at ${range(bin)}`] : []));
  return (
    <div>
      <h3 className={own.head}>
        Tasks by score <span>at most {plural(most, "task")} in a step of 0.05</span>
      </h3>
      <div className={own.bars} role="img" aria-label={`Tasks by score: ${told.join(", ")}`}>
        {bins.map((n, bin) => (
          <span key={bin} title={`${range(bin)}: ${plural(n, "task")}`}>
            <i
              data-disputed={bin < 0.75 * STEPS}
              style={{ height: n === 0 ? 0 : `max(2px, ${(n / most) * 100}%)` }}
            />
          </span>
        ))}
      </div>
      <div className={own.axis} aria-hidden>
        <span>0</span>
        {[0.25, 0.5, 0.75].map((score) => (
          <span key={score} style={{ left: `${((score * STEPS) / bins.length) * 100}%` }}>
            {score}
          </span>
        ))}
        <span style={{ right: 0 }}>1</span>
      </div>
    </div>
  );
}
