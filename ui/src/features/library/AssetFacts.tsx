/** What is known of an asset: metadata, origin, batches, what happened to it, answers. */
import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { AssetDetail, LedgerEntry, Response } from "~/api/types";
import css from "~/components/asset/asset.module.css";
import { statusText } from "~/components/asset/status";
import { TimeAgo } from "~/components/TimeAgo";
import { bytes, count, prelabelText, valueText } from "~/lib/format";
import page from "./library.module.css";
import { MetadataPart } from "./metadata/MetadataPart";
import { TaskQueuePart } from "./TaskQueuePart";

const EVENTS: Record<string, string> = {
  uploaded: "Uploaded",
  updated: "Updated by an upload",
  batched: "Put into a batch",
  launched: "Batch launched",
  claimed: "Taken in hand",
  submitted: "Submitted",
  released: "Given back",
  skipped: "Skipped",
  unskipped: "Skip taken back",
  expired: "Lease ran out",
  accepted: "Accepted by a reviewer",
  fixed: "Fixed by a reviewer",
  rejected: "Sent back by a reviewer",
  amended: "Answer changed",
  revoked: "Taken back by a manager",
  reopened: "Opened again by a manager",
  assigned: "Given to somebody",
  unblocked: "Opened again",
  cancelled: "Cancelled",
};

export function AssetFacts({
  projectId,
  asset,
  canEdit,
  onTerm,
  onChanged,
}: {
  projectId: string;
  asset: AssetDetail;
  /** Whether the metadata can be changed here. */
  canEdit: boolean;
  /** A metadata value was clicked: find others with it. */
  onTerm: (term: string) => void;
  /** The metadata was changed. */
  onChanged?: () => void;
}) {
  return (
    <>
      <MetadataPart
        key={asset.id}
        projectId={projectId}
        asset={asset}
        canEdit={canEdit}
        onTerm={onTerm}
        onChanged={() => onChanged?.()}
      />
      <div className={page.panelPart}>
        <h2>Asset</h2>
        <table className={css.meta}>
          <tbody>
            <Row name="State">{statusText(asset.status)}</Row>
            <Row name="Number in the library">{count(asset.ordinal)}</Row>
            {asset.reference_id !== null && <Row name="Reference id">{asset.reference_id}</Row>}
            <Row name="Type">
              {[
                asset.media_type,
                asset.width !== null && asset.height !== null
                  ? `${asset.width} × ${asset.height}`
                  : null,
                asset.size === null ? null : bytes(asset.size),
              ]
                .filter(Boolean)
                .join(", ")}
            </Row>
            {asset.upload !== null && (
              <Row name="Upload">
                <Link
                  to="/p/$projectId/uploads/$uploadId"
                  params={{ projectId, uploadId: asset.upload.id }}
                >
                  {asset.upload.name}
                </Link>
                , <TimeAgo time={asset.uploaded_at} />
              </Row>
            )}
            {asset.url !== null && (
              <Row name="Address">
                <a href={asset.url} target="_blank" rel="noreferrer noopener">
                  {asset.url}
                </a>
              </Row>
            )}
            <Row name="Batches">
              {asset.batches.length === 0
                ? "None"
                : asset.batches.map((batch, i) => (
                    <span key={batch.id}>
                      {i > 0 && ", "}
                      <Link
                        to="/p/$projectId/batches/$batchId"
                        params={{ projectId, batchId: batch.id }}
                      >
                        {batch.name}
                      </Link>
                    </span>
                  ))}
            </Row>
            <Row name="Id">
              <code>{asset.id}</code>
            </Row>
          </tbody>
        </table>
      </div>
      <TaskQueuePart projectId={projectId} asset={asset} canManage={canEdit} />
      <div className={page.panelPart}>
        <h2>What happened to it</h2>
        <ol className={css.timeline}>
          {asset.ledger.map((entry, i) => (
            <LedgerLine key={`${entry.at}-${i}`} entry={entry} />
          ))}
        </ol>
      </div>
      {asset.prelabels.length > 0 && (
        <div className={page.panelPart}>
          <h2>Pre-labels</h2>
          {asset.prelabels.map((prelabel) => (
            <Said key={prelabel.source} response={prelabel.response}>
              {prelabelText(prelabel)} · <TimeAgo time={prelabel.created_at} />
            </Said>
          ))}
        </div>
      )}
      {asset.answers.length > 0 && (
        <div className={page.panelPart}>
          <h2>Answers</h2>
          {asset.answers.map((answer) => (
            <Said key={answer.submission_id} response={answer.response}>
              {answer.annotator?.name ?? "Somebody"}
              {answer.brought_in && ", brought in"}, <TimeAgo time={answer.at} />
              {answer.batch !== null && <span> · {answer.batch.name}</span>}
              {answer.prelabel !== null && <span> · {begunText(answer.prelabel)}</span>}
            </Said>
          ))}
        </div>
      )}
    </>
  );
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{children}</td>
    </tr>
  );
}

function LedgerLine({ entry }: { entry: LedgerEntry }) {
  return (
    <li>
      {EVENTS[entry.event] ?? entry.event}
      {entry.batch !== null && `: ${entry.batch.name}`}
      <small>
        <TimeAgo time={entry.at} />
        {entry.actor !== null && ` by ${entry.actor.name}`}
        {entry.details !== null && ` · ${entry.details}`}
      </small>
    </li>
  );
}

/** "from yolo-v8, unchanged" */
const begunText = ({ source, unchanged }: { source: string; unchanged: boolean }) =>
  `from ${source}, ${unchanged ? "unchanged" : "corrected"}`;

/** Who says it, and what. */
function Said({ response, children }: { response: Response; children: React.ReactNode }) {
  const counts = new Map<string, number>();
  for (const annotation of response.annotations) {
    counts.set(annotation.label, (counts.get(annotation.label) ?? 0) + 1);
  }
  return (
    <div style={{ marginBottom: 10 }}>
      <div>{children}</div>
      <div style={{ display: "flex", gap: 4, flexWrap: "wrap", margin: "4px 0" }}>
        {[...counts].map(([label, n]) => (
          <Badge key={label} color="gray">
            {n} × {label}
          </Badge>
        ))}
        {Object.entries(response.fields).map(([field, value]) => (
          <Badge key={field} color="leaf" tt="none">
            {field}: {valueText(value)}
          </Badge>
        ))}
      </div>
    </div>
  );
}
