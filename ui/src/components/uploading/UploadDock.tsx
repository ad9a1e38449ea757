/** The uploads of this browser in the corner, on every page. */
import { Link, useRouterState } from "@tanstack/react-router";
import css from "./uploading.module.css";
import { UploadControls, UploadMeter } from "./UploadProgress";
import { useActiveUploads, useUploadKeeper } from "./useUploads";

export function UploadDock() {
  useUploadKeeper();
  const active = useActiveUploads();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = active.filter((entry) => !path.endsWith(`/uploads/${entry.id}`));
  if (shown.length === 0) return null;
  return (
    <section className={css.dock} aria-label="Uploads in progress">
      {shown.map((entry) => (
        <div key={entry.id} className={css.dockItem}>
          <div className={css.dockHead}>
            <Link
              to="/p/$projectId/uploads/$uploadId"
              params={{ projectId: entry.projectId, uploadId: entry.id }}
            >
              {entry.name}
            </Link>
            <UploadControls entry={entry} />
          </div>
          <UploadMeter entry={entry} />
        </div>
      ))}
    </section>
  );
}
