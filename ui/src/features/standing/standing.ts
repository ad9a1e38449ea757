/** A standing batch as its form holds it, and in words. Pure; the clock comes in. */
import type {
  BatchKind,
  CatchUp,
  Judging,
  NewStandingBatch,
  StandingBatch,
  StandingRun,
  Trigger,
} from "~/api/types";
import { ONE_JUDGEMENT } from "~/components/batch/JudgingFields";
import {
  SERVED_TO_EVERYBODY,
  servedForm,
  servedOf,
  servingLack,
  type ServedForm,
} from "~/components/batch/serving";
import { excludeOf, type ExcludeForm, type Scope } from "~/components/recipe/ExcludeStep";
import { formOfPick, pickLack, pickOf, startPick, type PickForm } from "~/components/recipe/pick";
import { count } from "~/lib/format";

export type StandingForm = PickForm &
  ExcludeForm &
  Judging &
  ServedForm & {
    name: string;
    q: string;
    when: "daily" | "matches";
    /** "HH:MM" at the offset below. */
    at: string;
    offset: number;
    every: number;
    pattern: string;
    kind: BatchKind;
    priority: number;
    /** Hours after which a batch is due; 0 is never. */
    dueHours: number;
    /** The source whose pre-labels are shown; "" is none. */
    prelabels: string;
    launch: boolean;
    catchUp: CatchUp;
  };

export const startForm = (q: string, offset: number): StandingForm => ({
  ...startPick(1),
  exclude: true,
  scope: "any",
  chosen: [],
  name: "",
  q,
  when: "daily",
  at: "02:00",
  offset,
  every: 500,
  pattern: "",
  kind: "production",
  priority: 0,
  ...ONE_JUDGEMENT,
  ...SERVED_TO_EVERYBODY,
  dueHours: 0,
  prelabels: "",
  launch: true,
  catchUp: "once",
});

/** Seeds are left out, so that each run draws its own. */
function unseeded(form: PickForm): NewStandingBatch["pick"] {
  const pick = pickOf(form);
  if (pick === "all" || !("random" in pick || "quota" in pick)) return pick;
  if ("random" in pick) return { random: { count: pick.random.count } };
  const { seed: _seed, ...quota } = pick.quota;
  return { quota };
}

export const usualPattern = (form: StandingForm): string =>
  `${form.name.trim() === "" ? "batch" : form.name.trim()} ${form.when === "daily" ? "{date}" : "{n}"}`;

export function bodyOf(form: StandingForm): NewStandingBatch {
  return {
    name: form.name.trim(),
    query: form.q.trim(),
    exclude: excludeOf(form) ?? { batched: "none" },
    pick: unseeded(form),
    trigger:
      form.when === "daily"
        ? { daily: { at: form.at, utc_offset_minutes: form.offset } }
        : { matches: { every: form.every } },
    name_pattern: form.pattern.trim() === "" ? usualPattern(form) : form.pattern.trim(),
    kind: form.kind,
    priority: form.priority,
    overlap: form.overlap,
    review_levels: form.review_levels,
    ...servedOf(form),
    due_hours: form.dueHours === 0 ? null : form.dueHours,
    prelabels: form.prelabels === "" ? null : form.prelabels,
    launch: form.launch,
    catch_up: form.catchUp,
  };
}

export function formOf(standing: StandingBatch, offset: number): StandingForm {
  const { trigger, exclude } = standing;
  const scope = exclude.batched;
  const start = startForm(standing.query, offset);
  return {
    ...start,
    ...formOfPick(standing.pick, 1),
    exclude: scope !== "none",
    scope: Array.isArray(scope) ? "chosen" : scope === "none" ? "any" : (scope satisfies Scope),
    chosen: Array.isArray(scope) ? scope : [],
    name: standing.name,
    ...("daily" in trigger
      ? {
          when: "daily" as const,
          at: trigger.daily.at,
          offset: trigger.daily.utc_offset_minutes ?? 0,
        }
      : { when: "matches" as const, every: trigger.matches.every }),
    pattern: standing.name_pattern,
    kind: standing.kind,
    priority: standing.priority,
    overlap: standing.overlap,
    review_levels: standing.review_levels,
    ...servedForm(standing),
    dueHours: standing.due_hours ?? 0,
    prelabels: standing.prelabels ?? "",
    launch: standing.launch,
    catchUp: standing.catch_up,
  };
}

/** What is missing before it can be saved; null when nothing is. */
export function lackOf(form: StandingForm): string | null {
  if (form.name.trim() === "") return "Give it a name.";
  if (form.when === "daily" && !/^([01]\d|2[0-3]):[0-5]\d$/.test(form.at)) return "Choose a time.";
  const unknown = bodyOf(form).name_pattern.match(/\{(?!(?:date|time|n)\})[^}]*\}?/);
  if (unknown !== null) return `${unknown[0]} means nothing: a name may have {date}, {time}, {n}.`;
  return pickLack(form) ?? servingLack(form);
}

/** 60 -> "UTC+1", -210 -> "UTC−3:30". */
export function offsetText(minutes: number): string {
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

export function triggerText(trigger: Trigger): string {
  if ("daily" in trigger) {
    return `every day at ${trigger.daily.at} ${offsetText(trigger.daily.utc_offset_minutes ?? 0)}`;
  }
  const { every } = trigger.matches;
  return every === 1 ? "at every new match" : `at every ${count(every)} new matches`;
}

/** The next times of a daily trigger, in milliseconds since 1970. */
export function nextTimes(at: string, offset: number, now: number, n: number): number[] {
  const [hours = 0, minutes = 0] = at.split(":").map(Number);
  const day = 86_400_000;
  const local = now + offset * 60_000;
  const midnight = Math.floor(local / day) * day;
  let next = midnight + (hours * 60 + minutes) * 60_000;
  if (next <= local) next += day;
  return Array.from({ length: n }, (_, i) => next + i * day - offset * 60_000);
}

const two = (n: number) => String(n).padStart(2, "0");

/** The name that a pattern gives to a run at this moment, in the trigger's own zone. */
export function nameFor(pattern: string, at: number, offset: number, n: number): string {
  const local = new Date(at + offset * 60_000);
  const date = `${local.getUTCFullYear()}-${two(local.getUTCMonth() + 1)}-${two(local.getUTCDate())}`;
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
  return pattern.replaceAll("{date}", date).replaceAll("{time}", time).replaceAll("{n}", String(n));
}

export const OUTCOMES: Record<StandingRun["outcome"], { text: string; color: string }> = {
  made: { text: "Made", color: "leaf" },
  empty: { text: "Nothing new", color: "gray" },
  failed: { text: "Failed", color: "red" },
  skipped: { text: "Skipped", color: "yellow" },
};

/** Offsets that are in use somewhere, and this browser's. */
export function offsets(own: number): number[] {
  const all = new Set([-210, 210, 270, 330, 345, 390, 525, 570, 630, 765, own]);
  for (let hours = -12; hours <= 14; hours += 1) all.add(hours * 60);
  return [...all].sort((a, b) => a - b);
}
