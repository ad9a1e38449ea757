/** How far an upload of this browser is, with pause, resume and cancel. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { confirm } from "~/components/confirm";
import { errorWords, notifyError } from "~/components/notify";
import { bytes, count, duration } from "~/lib/format";
import type { Snapshot } from "~/lib/uploading/engine";
import { uploads, type ActiveUpload } from "./manager";
import css from "./uploading.module.css";
import { useProgress } from "./useUploads";

/** One line on how it stands. */
export function progressText(entry: ActiveUpload, progress: Snapshot | null): string {
  if (entry.error !== null) return errorWords(entry.error).message;
  if (entry.finished) return "Uploaded";
  if (entry.finishing) return "Finishing on the server";
  if (progress === null) return "Interrupted: choose the same files again";
  if (progress.trouble !== null) return progress.trouble;
  if (progress.failed.length > 0 && progress.phase === "done") {
    return `${count(progress.failed.length)} could not be sent`;
  }
  const left = progress.speed > 0 ? (progress.bytes - progress.bytesDone) / progress.speed : null;
  return [
    progress.phase === "paused" ? "Paused" : null,
    `${count(progress.filesDone)} of ${count(progress.files)} files`,
    `${bytes(progress.bytesDone)} of ${bytes(progress.bytes)}`,
    progress.speed > 0 && progress.phase === "running" ? `${bytes(progress.speed)}/s` : null,
    left === null || progress.phase !== "running" ? null : `${duration(left)} left`,
  ]
    .filter(Boolean)
    .join(" · ");
}

export function UploadMeter({ entry }: { entry: ActiveUpload }) {
  const progress = useProgress(entry);
  const part =
    entry.finished || (progress !== null && progress.bytes === 0)
      ? 100
      : progress === null
        ? 0
        : (progress.bytesDone / progress.bytes) * 100;
  return (
    <>
      <div
        className={css.meter}
        role="progressbar"
        aria-label={`Upload ${entry.name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part)}
      >
        <span style={{ width: `${part}%` }} data-busy={entry.finishing} />
      </div>
      <div className={css.line} role="status">
        {progressText(entry, progress)}
      </div>
    </>
  );
}

export function UploadControls({ entry }: { entry: ActiveUpload }) {
  const progress = useProgress(entry);
  const phase = progress?.phase;
  const handleCancel = async () => {
    const yes = await confirm({
      title: `Cancel the upload “${entry.name}”?`,
      text: "What has arrived stays in the library. Nothing more is sent, and no batch is made of it.",
      yes: "Cancel the upload",
      danger: true,
    });
    if (yes) uploads.cancel(entry.id).catch((error: unknown) => notifyError(error));
  };
  if (entry.finished) {
    return (
      <ActionIcon aria-label="Put away" size="sm" onClick={() => uploads.dismiss(entry.id)}>
        <IconX size={14} />
      </ActionIcon>
    );
  }
  return (
    <>
      {phase === "running" && (
        <Tooltip label="Pause">
          <ActionIcon aria-label="Pause" size="sm" onClick={() => uploads.pause(entry.id)}>
            <IconPlayerPause size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      {(phase === "paused" || phase === "stopped") && (
        <Tooltip label="Resume">
          <ActionIcon aria-label="Resume" size="sm" onClick={() => uploads.resume(entry.id)}>
            <IconPlayerPlay size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      {phase === "done" && (progress?.failed.length ?? 0) > 0 && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            entry.engine?.retryFailed();
            uploads.resume(entry.id);
          }}
        >
          Try these again
        </Button>
      )}
      {entry.error !== null && (
        <Button size="compact-xs" variant="default" onClick={() => void uploads.finish(entry.id)}>
          Try again
        </Button>
      )}
      <Tooltip label="Cancel">
        <ActionIcon aria-label="Cancel the upload" size="sm" onClick={() => void handleCancel()}>
          <IconX size={14} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
