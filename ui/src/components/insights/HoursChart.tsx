/** What came in by the hour: answers and reviews as bars on top of each other. Long times are shown by the day. */
import type { HourWork } from "~/api/types";
import { count, day, moment, plural } from "~/lib/format";
import css from "./insights.module.css";

type Bar = { at: string; text: string; labels: number; reviews: number; sent_back: number };
/** Hours that are bars of their own. */
const HOURS_MAX = 48;

/** Hours, or days in the reader's zone when there are many of them. */
export function bars(hours: HourWork[]): Bar[] {
  if (hours.length <= HOURS_MAX) return hours.map((hour) => ({ ...hour, text: moment(hour.at) }));
  const days = new Map<string, Bar>();
  for (const hour of hours) {
    const text = day(hour.at);
    const old = days.get(text) ?? { at: hour.at, text, labels: 0, reviews: 0, sent_back: 0 };
    days.set(text, {
      ...old,
      labels: old.labels + hour.labels,
      reviews: old.reviews + hour.reviews,
      sent_back: old.sent_back + hour.sent_back,
    });
  }
  return [...days.values()];
}

/** What is written below the bars: the hours of six, or days so far apart that their dates fit; not below the last. */
export function ticks(all: readonly Bar[], daily: boolean): { at: number; text: string }[] {
  const step = Math.max(1, Math.ceil(all.length / 8));
  return all.flatMap(({ at, text }, i) => {
    const told = daily ? i % step === 0 : new Date(at).getHours() % 6 === 0;
    if (!told || i > all.length - 3) return [];
    return [{ at: (i + 0.5) / all.length, text: daily ? text.slice(5) : text.slice(11) }];
  });
}

export function HoursChart({ hours }: { hours: HourWork[] }) {
  const all = bars(hours);
  const daily = hours.length > HOURS_MAX;
  const unit = daily ? "day" : "hour";
  const labels = all.reduce((sum, bar) => sum + bar.labels, 0);
  const reviews = all.reduce((sum, bar) => sum + bar.reviews, 0);
  const first = all[0];
  const last = all[all.length - 1];
  if (first === undefined || last === undefined) return null;
  if (labels + reviews === 0) {
    return (
      <p className={css.nothing}>
        Nothing was handed in {daily ? `in these ${all.length} days` : "in the last 24 hours"}.
      </p>
    );
  }
  const most = Math.max(...all.map((bar) => bar.labels + bar.reviews));
  const height = (n: number) => `${(n / most) * 100}%`;
  return (
    <figure className={css.chart}>
      <figcaption className={css.key}>
        <i data-kind="labels" /> Answers <b>{count(labels)}</b>
        <i data-kind="reviews" /> Reviews <b>{count(reviews)}</b>
        <span>by the {unit}</span>
      </figcaption>
      <div className={css.plot}>
        <div className={css.scale} aria-hidden>
          <span>{count(most)}</span>
          <span>0</span>
        </div>
        <div
          className={css.hours}
          role="img"
          aria-label={`${plural(labels, "answer")} and ${plural(reviews, "review")} by the ${unit}, from ${first.text} to ${last.text}; at most ${count(most)}`}
        >
          {all.map((bar) => (
            <span
              key={bar.at}
              title={`${bar.text}: ${plural(bar.labels, "answer")}, ${plural(bar.reviews, "review")}${bar.sent_back > 0 ? `; ${count(bar.sent_back)} of these answers were sent back` : ""}`}
            >
              <i data-kind="reviews" style={{ height: height(bar.reviews) }} />
              <i data-kind="labels" style={{ height: height(bar.labels) }} />
            </span>
          ))}
        </div>
        <div className={css.axis} aria-hidden>
          {ticks(all, daily).map(({ at, text }) => (
            <span key={at} style={{ left: `${at * 100}%` }}>
              {text}
            </span>
          ))}
          <span data-last>{daily ? "today" : "now"}</span>
        </div>
      </div>
    </figure>
  );
}
