/** The right side of the batch builder: what the recipe would pick right now. */
import { Loader } from "@mantine/core";
import { IconFilter, IconListCheck, IconUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { SelectFacet, Selection } from "~/api/types";
import { ThumbStrip } from "~/components/asset/AssetThumb";
import { EmptyState, Failure, Section, Waiting } from "~/components/Page";
import { FieldPicker } from "~/components/query/FieldPicker";
import { bytes, count, percent, plural, took } from "~/lib/format";
import type { PickedFile } from "~/lib/uploading/dropped";
import css from "./batches.module.css";
import { FitReport } from "./FitReport";
import { PickedHistogram } from "./PickedHistogram";

export function DryRun({
  projectId,
  selection,
  stale,
  error,
  lack,
  requested,
  quota,
  compared: fields,
  comparedMax,
  onCompared,
  onRetry,
}: {
  projectId: string;
  selection: Selection | null;
  stale: boolean;
  error: unknown;
  /** What the recipe still needs; null when it is complete. */
  lack: string | null;
  /** The quota that is picked by, when it is one. */
  quota: { by: string; fill: boolean } | null;
  /** The count asked for; null for all. */
  requested: number | null;
  /** Fields whose values are shown for the picked beside the pool. */
  compared: string[];
  comparedMax: number;
  onCompared: (fields: string[]) => void;
  onRetry: () => void;
}) {
  if (lack !== null) {
    return (
      <EmptyState icon={<IconFilter size={22} />} title="Not complete yet">
        {lack} What it would pick is shown here then.
      </EmptyState>
    );
  }
  if (error !== null) return <Failure error={error} onRetry={onRetry} />;
  if (selection === null) return <Waiting what="dry run" />;
  const histograms = (selection.histograms ?? []).filter((entry) => entry.buckets.length > 1);
  const drawn = new Set(histograms.map((entry) => entry.field));
  const compared = selection.facets.filter((facet) => !drawn.has(facet.field));
  const fit = selection.fit ?? null;
  return (
    <div style={{ opacity: stale ? 0.6 : 1 }} aria-busy={stale}>
      <Section
        title="Dry run"
        actions={
          <span className={css.hint} role="status">
            {stale ? <Loader size={12} /> : `computed in ${took(selection.took_ms)}`}
          </span>
        }
      >
        <Funnel projectId={projectId} selection={selection} />
        {selection.short_by > 0 && requested !== null && quota === null && (
          <div className={css.warn} style={{ marginTop: 10 }} role="status">
            You asked for {count(requested)}, but only {count(selection.picked)} are available: the
            batch will be {count(selection.short_by)} short.
          </div>
        )}
        {selection.matched > 0 && selection.available === 0 && (
          <div className={css.warn} style={{ marginTop: 10 }} role="status">
            All that matches was already included. Leave less out, or change what goes in.
          </div>
        )}
      </Section>
      {selection.picked === 0 ? (
        <EmptyState icon={<IconFilter size={22} />} title="Nothing is picked">
          {selection.matched === 0
            ? "Nothing matches. Change what goes in."
            : "Change what goes in, or what stays out."}
        </EmptyState>
      ) : (
        <>
          {quota !== null && fit !== null && fit.length > 0 && (
            <Section title="How the quota is met">
              <FitReport fit={fit} by={quota.by} fill={quota.fill} />
            </Section>
          )}
          <Section
            title="Picked beside the pool"
            actions={
              <>
                <span className={css.diffLegend}>
                  <span>
                    <i data-kind="same" /> pool
                  </span>
                  <span>
                    <i data-kind="added" /> picked
                  </span>
                </span>
                <FieldPicker
                  projectId={projectId}
                  label="Choose the fields to compare"
                  size={22}
                  icon={<IconListCheck size={15} />}
                  chosen={fields}
                  max={comparedMax}
                  onChange={onCompared}
                />
              </>
            }
          >
            {compared.length === 0 && histograms.length === 0 && (
              <span className={css.hint}>
                No field is compared. Choose some to see how what is picked differs from the rest.
              </span>
            )}
            <div className={css.compare}>
              {histograms.map((histogram) => (
                <PickedHistogram key={histogram.field} histogram={histogram} />
              ))}
              {compared.map((facet) => (
                <Compare key={facet.field} facet={facet} selection={selection} />
              ))}
            </div>
          </Section>
          {selection.sample.length > 0 && (
            <Section title={`A sample of ${plural(selection.sample.length, "asset")}`}>
              <ThumbStrip assets={selection.sample} />
            </Section>
          )}
        </>
      )}
    </div>
  );
}

function Funnel({ projectId, selection }: { projectId: string; selection: Selection }) {
  const { matched, excluded, available, picked } = selection;
  const part = (n: number) => `${matched === 0 ? 0 : (n / matched) * 100}%`;
  return (
    <div className={css.funnel} data-testid="funnel">
      <div className={css.funnelRow}>
        <span>Matched</span>
        <div className={css.funnelTrack}>
          <span style={{ left: 0, width: part(matched) }} />
        </div>
        <b data-testid="funnel-matched">{count(matched)}</b>
      </div>
      <div className={css.funnelRow}>
        <span>Already included</span>
        <div className={css.funnelTrack}>
          <span data-kind="out" style={{ left: part(available), width: part(excluded) }} />
        </div>
        <b data-testid="funnel-excluded">{excluded > 0 ? `−${count(excluded)}` : "0"}</b>
      </div>
      {selection.excluded_by.length > 0 && (
        <div className={css.by}>
          {selection.excluded_by.slice(0, 6).map((entry) => (
            <div key={entry.batch.id}>
              <Link
                to="/p/$projectId/batches/$batchId"
                params={{ projectId, batchId: entry.batch.id }}
              >
                {entry.batch.name}
              </Link>
              <span className="num">{count(entry.count)}</span>
            </div>
          ))}
          {selection.excluded_by.length > 6 && (
            <div>and {selection.excluded_by.length - 6} more batches</div>
          )}
        </div>
      )}
      <div className={css.funnelRow}>
        <span>Available</span>
        <div className={css.funnelTrack}>
          <span style={{ left: 0, width: part(available) }} />
        </div>
        <b data-testid="funnel-available">{count(available)}</b>
      </div>
      <div className={css.funnelRow} data-strong="true">
        <strong>Picked</strong>
        <div className={css.funnelTrack}>
          <span data-kind="picked" style={{ left: 0, width: part(picked) }} />
        </div>
        <b data-testid="funnel-picked">{count(picked)}</b>
      </div>
    </div>
  );
}

function Compare({ facet, selection }: { facet: SelectFacet; selection: Selection }) {
  const share = (n: number, all: number) => (all === 0 ? 0 : n / all);
  const rows = facet.values;
  const most = Math.max(
    0.0001,
    ...rows.flatMap((row) => [
      share(row.pool, selection.available),
      share(row.picked, selection.picked),
    ]),
  );
  return (
    <div>
      <h3>{facet.field}</h3>
      {rows.map((row) => (
        <div
          key={String(row.value)}
          className={css.compareRow}
          title={`pool ${count(row.pool)} (${percent(row.pool, selection.available)}), picked ${count(row.picked)} (${percent(row.picked, selection.picked)})`}
        >
          <span>{row.value === null ? "(none)" : String(row.value)}</span>
          <span className={css.pair}>
            {[share(row.pool, selection.available), share(row.picked, selection.picked)].map(
              (part, i) => (
                // The least there is shows as a line, none shows as nothing.
                <i
                  key={i}
                  style={{ width: `${(part / most) * 100}%`, minWidth: part > 0 ? 1 : 0 }}
                />
              ),
            )}
          </span>
          <span>{count(row.picked)}</span>
        </div>
      ))}
    </div>
  );
}

export function FilesPreview({ files }: { files: PickedFile[] }) {
  if (files.length === 0) {
    return (
      <EmptyState icon={<IconUpload size={22} />} title="Upload straight into a batch">
        Drop the files on the left. They are uploaded first; when all have arrived, the batch is
        made of exactly them. Files that are refused are in the upload's report.
      </EmptyState>
    );
  }
  const total = files.reduce((sum, entry) => sum + entry.file.size, 0);
  return (
    <Section title={`${plural(files.length, "file")}, ${bytes(total)}`}>
      <ul style={{ margin: 0, paddingLeft: 18, lineHeight: 1.7 }}>
        {files.slice(0, 40).map((entry) => (
          <li key={entry.path}>
            {entry.path} <span className={css.hint}>{bytes(entry.file.size)}</span>
          </li>
        ))}
      </ul>
      {files.length > 40 && <div className={css.hint}>and {count(files.length - 40)} more</div>}
    </Section>
  );
}
