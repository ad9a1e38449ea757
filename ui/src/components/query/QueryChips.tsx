/** The query's terms as chips; the x of a chip takes its term out of the text. */
import { IconX } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { parseQuery } from "~/api/library";
import { cutSpan } from "~/lib/queryText";
import css from "./query.module.css";

export function QueryChips({
  projectId,
  q,
  onRun,
}: {
  projectId: string;
  q: string;
  onRun: (q: string) => void;
}) {
  const { data } = useQuery({
    ...parseQuery(projectId, q),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  if (q === "" || data === undefined || data.chips.length === 0) return null;
  return (
    <ul className={css.chips} aria-label="Filters">
      {data.chips.map((chip) => (
        <li key={`${chip.span[0]}-${chip.text}`} className={css.chip}>
          <code>{chip.text}</code>
          <button
            type="button"
            aria-label={`Remove ${chip.text}`}
            onClick={() => onRun(cutSpan(q, chip.span))}
          >
            <IconX size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
