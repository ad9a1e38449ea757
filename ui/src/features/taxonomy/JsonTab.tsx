/** The taxonomy as text. What can be read goes into the form at once; what cannot stays here with its problems. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import type { Problem, Taxonomy } from "~/api/types";
import { readTaxonomy, writeTaxonomy } from "./json";
import css from "./taxonomy.module.css";

export function JsonTab({
  taxonomy,
  problems,
  onChange,
}: {
  taxonomy: Taxonomy;
  problems: readonly Problem[];
  onChange: (taxonomy: Taxonomy) => void;
}) {
  const [text, setText] = useState(() => writeTaxonomy(taxonomy));
  const [unread, setUnread] = useState<readonly Problem[]>([]);
  const shown = unread.length > 0 ? unread : problems;
  return (
    <div className={css.json}>
      <Textarea
        aria-label="Taxonomy as JSON"
        aria-describedby="taxonomy-json-problems"
        classNames={{ input: css.jsonInput ?? "" }}
        autosize
        minRows={16}
        spellCheck={false}
        error={shown.length > 0}
        value={text}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          const read = readTaxonomy(next);
          setUnread(read.problems);
          if (read.taxonomy) onChange(read.taxonomy);
        }}
      />
      <ul id="taxonomy-json-problems" className={css.problems} aria-live="polite">
        {shown.map((problem, i) => (
          <li key={i}>
            {problem.path !== "" && <code>{problem.path}</code>} {problem.message}
          </li>
        ))}
      </ul>
      {unread.length > 0 && (
        <p className={css.dim}>
          The form and the preview show the last version that could be read.
        </p>
      )}
    </div>
  );
}
