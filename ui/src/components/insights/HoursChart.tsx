/** What came in by the hour: answers and reviews as bars on top of each other. Long times are shown by the day. */
import type { HourWork } from "~/api/types";
import { count, day, moment } from "~/lib/format";
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

const clock = (bar: Bar, daily: boolean): string =>
  daily ? bar.text.slice(5) : bar.text.slice(11);

export function HoursChart({ hours }: { hours: HourWork[] }) {
  const all = bars(hours);
  const daily = hours.length > HOURS_MAX;
  const most = Math.max(1, ...all.map(({ labels, reviews }) => labels + reviews));
  const labels = all.reduce((sum, bar) => sum + bar.labels, 0);
  const reviews = all.reduce((sum, bar) => sum + bar.reviews, 0);
  const first = all[0];
  const last = all[all.length - 1];
  if (first === undefined || last === undefined) return null;
  const height = (n: number) => `${(n / most) * 100}%`;
  return (
    <figure className={css.chart}>
      <div className={css.most} aria-hidden>
        {count(most)}
      </div>
      <div
        className={css.hours}
        role="img"
        aria-label={`${count(labels)} answers and ${count(reviews)} reviews by the ${daily ? "day" : "hour"}, from ${first.text} to ${last.text}; at most ${count(most)}`}
      >
        {all.map((bar) => (
          <span
            key={bar.at}
            title={`${bar.text}: ${count(bar.labels)} answers, ${count(bar.reviews)} reviews${bar.sent_back > 0 ? `; ${count(bar.sent_back)} of these answers were sent back` : ""}`}
          >
            <i data-kind="reviews" style={{ height: height(bar.reviews) }} />
            <i data-kind="labels" style={{ height: height(bar.labels) }} />
          </span>
        ))}
      </div>
      <figcaption className={css.axis}>
        <span>{clock(first, daily)}</span>
        <span className={css.key}>
          <i data-kind="labels" /> Answers <b>{count(labels)}</b>
          <i data-kind="reviews" /> Reviews <b>{count(reviews)}</b>
        </span>
        <span>{daily ? clock(last, daily) : "now"}</span>
      </figcaption>
    </figure>
  );
}
