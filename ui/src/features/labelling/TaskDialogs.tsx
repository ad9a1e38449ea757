/** The dialogs over a task, to be labelled or reviewed: why it is skipped, the keys, the instructions. */
import type { ComponentProps } from "react";
import type { Task } from "~/api/types";
import { Instructions } from "./Instructions";
import { KeySheet } from "./KeySheet";
import type { LabellingSession } from "./session/session";
import { SkipDialog } from "./SkipDialog";

export type TaskDialog = "none" | "skip" | "help" | "instructions";

export function TaskDialogs({
  dialog,
  onClose,
  session,
  project,
  instructions,
  keys,
}: {
  dialog: TaskDialog;
  onClose: () => void;
  session: LabellingSession;
  project: Task["project"];
  instructions: string;
  /** What the sheet of keys says of this kind of task. */
  keys: Omit<ComponentProps<typeof KeySheet>, "opened" | "onClose" | "media">;
}) {
  return (
    <>
      <SkipDialog
        opened={dialog === "skip"}
        onClose={onClose}
        onSkip={(reason) => {
          onClose();
          void session.skip(reason);
        }}
      />
      <KeySheet opened={dialog === "help"} onClose={onClose} media={project.media} {...keys} />
      <Instructions
        opened={dialog === "instructions"}
        onClose={onClose}
        project={project.name}
        markdown={instructions}
      />
    </>
  );
}
