/** Reading what stands behind the ? of an address, whatever it is. Pure. */
import { ALL_KINDS } from "~/components/batch/kinds";
import type { BuilderSearch } from "~/features/batches/BatchBuilderPage";
import type { ExportSearch } from "~/features/export/ExportPage";
import { EXPORT_FORMATS } from "~/features/export/lines";
import type { LibrarySearch } from "~/features/library/LibraryPage";
import type { KnownSearch } from "~/features/labelling/known/KnownDeskPage";
import type { StandingSearch } from "~/features/standing/StandingFormPage";
import { SETTINGS_TABS, type SettingsTab } from "~/features/settings/tabs";

type Raw = Record<string, unknown>;

/** The router reads `q=5` as a number and `q=true` as a boolean; here they are text. */
export const text = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : "";

export const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((entry) => entry === value);

/** Only the entries that say something. */
function present<T extends object>(values: T): T {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as T;
}

export const librarySearch = (raw: Raw): LibrarySearch =>
  present({
    q: text(raw.q),
    sort: text(raw.sort),
    view: oneOf(raw.view, ["table", "grid"]),
    asset: text(raw.asset),
  }) as LibrarySearch;

export const builderSearch = (raw: Raw): BuilderSearch =>
  present({
    from: oneOf(raw.from, ["ticked", "query", "library", "files"]),
    q: text(raw.q),
    into: text(raw.into),
    leave: oneOf(raw.leave, ["none"]),
    kind: oneOf(raw.kind, ALL_KINDS),
    prelabels: text(raw.prelabels),
  }) as BuilderSearch;

export const knownSearch = (raw: Raw): KnownSearch =>
  present({ asset: text(raw.asset) }) as KnownSearch;

export const standingSearch = (raw: Raw): StandingSearch =>
  present({ q: text(raw.q) }) as StandingSearch;

export const exportSearch = (raw: Raw): ExportSearch => ({
  ...(present({
    batch: text(raw.batch),
    format: oneOf(raw.format, EXPORT_FORMATS),
    answers: oneOf(raw.answers, ["labelled", "all"]),
    merged: oneOf(raw.merged, ["majority", "reviewer"]),
  }) as ExportSearch),
  // An empty query is a scope too: it finds everything.
  ...(raw.q === undefined ? {} : { q: text(raw.q) }),
});

export const settingsSearch = (raw: Raw): { tab?: SettingsTab } => {
  const tab = oneOf(raw.tab, SETTINGS_TABS);
  return tab === undefined ? {} : { tab };
};
