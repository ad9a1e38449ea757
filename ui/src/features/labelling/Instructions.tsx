/** The project's instructions in a drawer. Opens by itself at a project's first task and when they have changed. */
import { Drawer } from "@mantine/core";
import { useEffect, useRef } from "react";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { CLOSE } from "./dialogs";
import css from "./labelling.module.css";

export function Instructions({
  opened,
  onClose,
  project,
  markdown,
}: {
  opened: boolean;
  onClose: () => void;
  project: string;
  markdown: string;
}) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      closeButtonProps={CLOSE}
      title={`Instructions: ${project}`}
    >
      <div className={css.markdown}>
        {markdown.trim() === "" ? (
          <p className={css.dim}>This project has no instructions yet.</p>
        ) : (
          <Markdown remarkPlugins={[remarkGfm]}>{markdown}</Markdown>
        )}
      </div>
    </Drawer>
  );
}

/** Calls `open` once for each text of instructions that this browser has not shown before. */
export function useInstructionsOnce(projectId: string, markdown: string, open: () => void): void {
  const newest = useRef(open);
  useEffect(() => {
    newest.current = open;
  });
  useEffect(() => {
    if (markdown.trim() === "") return;
    const key = `sheaf:instructions:${projectId}`;
    const print = fingerprint(markdown);
    try {
      if (localStorage.getItem(key) === print) return;
      localStorage.setItem(key, print);
    } catch {
      // No storage: shown once a page instead of once a browser.
    }
    newest.current();
  }, [projectId, markdown]);
}

/** FNV-1a: enough to notice that a text is another one. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return `${text.length}-${(hash >>> 0).toString(16)}`;
}
