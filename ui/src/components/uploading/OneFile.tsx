/** The place of a page that works on one file: dropped anywhere or chosen, and named once it is there. */
import type { ReactNode } from "react";
import { bytes } from "~/lib/format";
import { handOver } from "~/lib/uploading/handOver";
import { DropZone } from "./DropZone";
import { useIsSending } from "./Sending";

/** Tells one chosen file from the next. */
export const fileKey = (file: File) => `${file.name}-${file.size}-${file.lastModified}`;

export function OneFile({
  file,
  ask,
  onFile,
  children,
}: {
  file: File | null;
  /** What is to be dropped, while nothing is. */
  ask: string;
  onFile: (file: File) => void;
  /** What the file is for. */
  children: ReactNode;
}) {
  const isSending = useIsSending();
  return (
    <div style={{ marginBottom: 16 }}>
      <DropZone
        everywhere
        single
        compact={file !== null}
        closed={isSending}
        onFiles={([first]) => {
          // A folder with nothing in it, or a dialog that was closed, leaves the file that is there.
          if (first !== undefined) onFile(first.file);
        }}
      >
        {file === null ? (
          <>
            <strong style={{ color: "var(--sheaf-text)" }}>{ask}</strong>
            <br />
            {children}
          </>
        ) : (
          <FileName file={file} />
        )}
      </DropZone>
    </div>
  );
}

/** "a.csv, 3 kB. Drop another to replace it." */
export function FileName({ file }: { file: File }) {
  const isSending = useIsSending();
  return (
    <>
      <strong style={{ color: "var(--sheaf-text)" }}>{file.name}</strong>, {bytes(file.size)}.
      {!isSending && " Drop another to replace it."}
    </>
  );
}

/** On a list: a dropped file goes to the page that makes something of it. */
export function FileForNext({ onGiven, children }: { onGiven: () => void; children: ReactNode }) {
  return (
    <div style={{ marginBottom: 16 }}>
      <DropZone
        everywhere
        compact
        single
        onFiles={(files) => {
          handOver(files);
          onGiven();
        }}
      >
        {children}
      </DropZone>
    </div>
  );
}
