/** Numbers, sizes, spans of time and moments, as people read them. Pure; the clock comes in. */

const whole = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** 1234567 -> "1,234,567". */
export const count = (n: number): string => whole.format(n);

/** 1234567 -> "1.2M"; for places where there is no room. */
export const countShort = (n: number): string => (n < 10_000 ? whole.format(n) : short.format(n));

/** `plural(1, "asset")` -> "1 asset"; `plural(5000, "asset")` -> "5,000 assets". */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** Part of a whole: 0, "< 0.1%", "12.3%", "100%". Never rounds up to 100 or down to 0. */
export function percent(part: number, all: number): string {
  if (all <= 0 || part <= 0) return "0%";
  if (part >= all) return "100%";
  const value = (part / all) * 100;
  if (value < 0.1) return "<0.1%";
  if (value > 99.9) return ">99.9%";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}%`.replace(".0%", "%");
}

/** A score from 0 to 1: "0", "0.07", "0.83", "1". Never rounds up to 1 or down to 0. */
export function scoreWords(score: number): string {
  if (score === 0 || score === 1) return String(score);
  if (score > 0 && score < 0.005) return "<0.01";
  if (score > 0.995 && score < 1) return ">0.99";
  return score.toFixed(2);
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = n;
  let unit = "B";
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** A span of time in seconds: "8 s", "2 min 5 s", "3 h 20 min", "2 d 4 h". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "unknown";
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 24 * 60) {
    return minutes % 60 === 0
      ? `${minutes / 60} h`
      : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  const hours = Math.round(minutes / 60);
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long a query took: "0.4 ms", "12 ms", "1.3 s". */
export function took(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** "just now", "5 min ago", "3 h ago", "in 2 d"; beyond 30 days the date. */
export function ago(time: string, now: number): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return "unknown";
  const seconds = (now - at) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  if (size > 30 * 86_400) return day(time);
  const text =
    size < 3600
      ? `${Math.round(size / 60)} min`
      : size < 86_400
        ? `${Math.round(size / 3600)} h`
        : `${Math.round(size / 86_400)} d`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** "2026-11-24", in the reader's zone. */
export function day(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "unknown";
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** "2026-11-24 14:05", in the reader's zone. */
export function moment(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "unknown";
  const two = (n: number) => String(n).padStart(2, "0");
  return `${day(time)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Any metadata value in one line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return JSON.stringify(value);
}

/** "yolo-v8, score 0.83" */
export const prelabelText = ({
  source,
  score,
}: {
  source: string;
  score: number | null;
}): string => (score === null ? source : `${source}, score ${Number(score.toPrecision(3))}`);
