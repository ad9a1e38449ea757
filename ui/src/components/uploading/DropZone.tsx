/** Where files and folders are dropped or chosen. With `everywhere` the whole page takes drops. */
import { Button } from "@mantine/core";
import { IconFolder, IconUpload } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ChangeEvent, type ReactNode } from "react";
import { notifyError } from "~/components/notify";
import { droppedFiles, pickedFiles, type PickedFile } from "~/lib/uploading/dropped";
import css from "./uploading.module.css";

export function DropZone({
  onFiles,
  everywhere = false,
  compact = false,
  single = false,
  closed = false,
  children,
}: {
  onFiles: (files: PickedFile[]) => void;
  everywhere?: boolean;
  compact?: boolean;
  /** One file is wanted, and no folder. */
  single?: boolean;
  /** A file is being sent, which another would end: none is taken until then. */
  closed?: boolean;
  children: ReactNode;
}) {
  const zone = useRef<HTMLDivElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = useRef(onFiles);
  useEffect(() => {
    take.current = closed
      ? () => notifyError(new Error("wait for it or cancel it first"), "A file is being sent")
      : onFiles;
  });
  useEffect(() => {
    const target: HTMLElement | null = everywhere ? document.body : zone.current;
    if (target === null) return;
    let depth = 0;
    const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const handleEnter = (event: DragEvent) => {
      if (!isFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const handleLeave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const handleOver = (event: DragEvent) => {
      if (isFiles(event)) event.preventDefault();
    };
    const handleDrop = (event: DragEvent) => {
      if (event.dataTransfer === null || !isFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      droppedFiles(event.dataTransfer).then(
        (picked) => take.current(picked),
        (error: unknown) => notifyError(error, "The files could not be read"),
      );
    };
    target.addEventListener("dragenter", handleEnter);
    target.addEventListener("dragleave", handleLeave);
    target.addEventListener("dragover", handleOver);
    target.addEventListener("drop", handleDrop);
    return () => {
      target.removeEventListener("dragenter", handleEnter);
      target.removeEventListener("dragleave", handleLeave);
      target.removeEventListener("dragover", handleOver);
      target.removeEventListener("drop", handleDrop);
    };
  }, [everywhere]);
  const handleChange = (event: ChangeEvent<HTMLInputElement>) => {
    take.current(pickedFiles(event.target.files ?? []));
    event.target.value = "";
  };
  return (
    <div ref={zone} className={css.zone} data-over={over} data-compact={compact}>
      <IconUpload size={compact ? 20 : 28} aria-hidden />
      <div>{children}</div>
      <div style={{ display: "flex", gap: 8 }}>
        <Button variant="default" disabled={closed} onClick={() => files.current?.click()}>
          {single ? "Choose a file" : "Choose files"}
        </Button>
        {!single && (
          <Button
            variant="default"
            leftSection={<IconFolder size={15} />}
            disabled={closed}
            onClick={() => folder.current?.click()}
          >
            Choose a folder
          </Button>
        )}
      </div>
      <input
        ref={files}
        type="file"
        multiple={!single}
        hidden
        aria-label={single ? "File to send" : "Files to upload"}
        onChange={handleChange}
      />
      {!single && (
        <input
          ref={folder}
          type="file"
          hidden
          aria-label="Folder to upload"
          onChange={handleChange}
          {...{ webkitdirectory: "" }}
        />
      )}
    </div>
  );
}
