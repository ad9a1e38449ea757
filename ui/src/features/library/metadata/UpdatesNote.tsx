/** The metadata updates of now, quietly, beside what the library counts. */
import { ActionIcon } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { MetadataUpdate } from "~/api/types";
import { updatePart, updateResult } from "~/components/metadata/words";
import { percent, plural } from "~/lib/format";
import css from "../library.module.css";
import { useUpdatesWatch } from "./useUpdatesWatch";

export function UpdatesNote({
  projectId,
  quiet,
  onEnded,
}: {
  projectId: string;
  quiet: boolean;
  onEnded: () => void;
}) {
  const { running, ended, putAway } = useUpdatesWatch(projectId, { enabled: true, quiet, onEnded });
  const [first] = running;
  if (quiet || (first === undefined && ended.length === 0)) return null;
  return (
    <span className={css.updates}>
      {ended.map((update) => (
        <Ended
          key={update.id}
          projectId={projectId}
          update={update}
          onPutAway={() => putAway(update.id)}
        />
      ))}
      {first !== undefined && <Running projectId={projectId} first={first} n={running.length} />}
    </span>
  );
}

/** One of them, or all together. */
function Running({ projectId, first, n }: { projectId: string; first: MetadataUpdate; n: number }) {
  const part = updatePart(first);
  const base = `/p/${projectId}/uploads/metadata`;
  return (
    <Link className={css.update} to={n === 1 ? `${base}/${first.id}` : base}>
      {n === 1 ? "Updating metadata" : `${plural(n, "metadata update")} running`}
      <i
        className={css.updateBar}
        role="progressbar"
        aria-label="Metadata update"
        aria-valuenow={Math.round((part ?? 0) * 100)}
      >
        <b style={{ width: `${(part ?? 0) * 100}%` }} />
      </i>
      {part !== null && <span className="num">{percent(part, 1)}</span>}
    </Link>
  );
}

function Ended({
  projectId,
  update,
  onPutAway,
}: {
  projectId: string;
  update: MetadataUpdate;
  onPutAway: () => void;
}) {
  const well = update.state === "done" && update.refused === 0;
  return (
    <span className={css.update} data-well={well} role="status">
      {well ? <IconCheck size={14} aria-hidden /> : <IconAlertTriangle size={14} aria-hidden />}
      <Link
        to="/p/$projectId/uploads/metadata/$updateId"
        params={{ projectId, updateId: update.id }}
      >
        Metadata update {update.state}: {updateResult(update)}
      </Link>
      <ActionIcon size="xs" aria-label="Put this note away" onClick={onPutAway}>
        <IconX size={12} />
      </ActionIcon>
    </span>
  );
}
