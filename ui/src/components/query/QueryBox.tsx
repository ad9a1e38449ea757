/**
 * The query box: a line of query text with help from the server. Enter runs it.
 * The editor is a large library: it comes after the page, and until then its place shows the text.
 */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { fieldsQuery } from "~/api/library";
import type { QueryEditor } from "./editor";
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
  const [editor, setEditor] = useState<QueryEditor | null>(null);
  const [text, setText] = useState(value);
  const fields = useQuery(fieldsQuery(projectId)).data?.items;
  const hint = useMemo(() => exampleQuery(fields ?? []), [fields]);
  const latest = useRef({ onRun, value, hint });
  useEffect(() => {
    latest.current = { onRun, value, hint };
  });

  useEffect(() => {
    let gone = false;
    let opened: QueryEditor | null = null;
    let wantsFocus = false;
    if (boxRef !== undefined)
      boxRef.current = () => (opened === null ? (wantsFocus = true) : opened.focus());
    void import("./editor").then(({ openEditor }) => {
      if (gone || host.current === null) return;
      opened = openEditor(host.current, latest.current.value, {
        projectId,
        label,
        hint: latest.current.hint,
        onChange: setText,
        onRun: (q) => {
          rememberQuery(projectId, q);
          latest.current.onRun(q);
        },
      });
      if (wantsFocus) opened.focus();
      setEditor(opened);
    });
    return () => {
      gone = true;
      if (boxRef !== undefined) boxRef.current = null;
      opened?.close();
      setEditor(null);
    };
  }, [projectId, label, boxRef]);

  useEffect(() => editor?.showHint(hint), [editor, hint]);
  // The address or a chip changed the query: show it.
  useEffect(() => editor?.show(value), [editor, value]);

  const changed = text.trim() !== value;
  return (
    <div className={css.box} data-changed={changed}>
      <IconSearch size={15} aria-hidden className={css.icon} />
      <div className={css.host}>
        {editor === null && <code className={css.early}>{value === "" ? hint : value}</code>}
        <div ref={host} />
      </div>
      {changed && <span className={css.enter}>Enter runs it</span>}
      {text !== "" && (
        <Tooltip label="Clear">
          <ActionIcon
            size="sm"
            aria-label="Clear the query"
            onClick={() => {
              editor?.show("");
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
