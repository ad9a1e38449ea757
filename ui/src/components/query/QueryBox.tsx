/** The query box: a line of query text with help from the server. Enter runs it. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { fieldsQuery } from "~/api/library";
import { queryExtensions, showHint } from "./editor";
import { exampleQuery } from "./example";
import css from "./query.module.css";
import { rememberQuery } from "./recent";

export function QueryBox({
  projectId,
  value,
  label = "Query",
  boxRef,
  onRun,
}: {
  projectId: string;
  value: string;
  label?: string;
  /** Gets a function that puts the cursor into the box. */
  boxRef?: { current: (() => void) | null };
  onRun: (q: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [text, setText] = useState(value);
  const fields = useQuery(fieldsQuery(projectId)).data?.items;
  const hint = useMemo(() => exampleQuery(fields ?? []), [fields]);
  const firstHint = useRef(hint);
  const run = useRef(onRun);
  const initial = useRef(value);
  useEffect(() => {
    run.current = onRun;
  });

  useEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial.current,
        extensions: queryExtensions({
          projectId,
          label,
          hint: firstHint.current,
          onChange: setText,
          onLeave: () => editor.contentDOM.blur(),
          onRun: (q) => {
            rememberQuery(projectId, q);
            run.current(q);
          },
        }),
      }),
    });
    view.current = editor;
    if (boxRef !== undefined) boxRef.current = () => editor.focus();
    return () => {
      if (boxRef !== undefined) boxRef.current = null;
      editor.destroy();
    };
  }, [projectId, label, boxRef]);

  useEffect(() => {
    firstHint.current = hint;
    if (view.current !== null) showHint(view.current, hint);
  }, [hint]);

  // The address or a chip changed the query: show it.
  useEffect(() => {
    initial.current = value;
    const editor = view.current;
    if (editor === null || editor.state.doc.toString().trim() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      selection: { anchor: value.length },
    });
  }, [value]);

  const changed = text.trim() !== value;
  return (
    <div className={css.box} data-changed={changed}>
      <IconSearch size={15} aria-hidden className={css.icon} />
      <div ref={host} className={css.host} />
      {changed && <span className={css.enter}>Enter runs it</span>}
      {text !== "" && (
        <Tooltip label="Clear">
          <ActionIcon
            size="sm"
            aria-label="Clear the query"
            onClick={() => {
              view.current?.dispatch({
                changes: { from: 0, to: view.current.state.doc.length, insert: "" },
              });
              onRun("");
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
