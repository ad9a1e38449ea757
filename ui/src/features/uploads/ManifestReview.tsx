/** What is in a manifest: its columns with role and type to be corrected, rows, problems. */
import { Button, Select, Table } from "@mantine/core";
import { useState } from "react";
import type {
  ColumnRole,
  ColumnType,
  ManifestColumn,
  ManifestColumnChoice,
  ManifestPreview,
} from "~/api/types";
import { Section } from "~/components/Page";
import { count, plural, valueText } from "~/lib/format";
import css from "./uploads.module.css";

const ROLES: { value: ColumnRole; label: string }[] = [
  { value: "meta", label: "Metadata" },
  { value: "text", label: "Text of the asset" },
  { value: "url", label: "Address (URL)" },
  { value: "file", label: "Path of a file" },
  { value: "name", label: "Name" },
  { value: "ref", label: "Reference id" },
  { value: "width", label: "Width" },
  { value: "height", label: "Height" },
  { value: "ignore", label: "Leave out" },
];
const TYPES: ColumnType[] = ["text", "number", "boolean", "time", "list", "object", "mixed"];

export function ManifestReview({
  preview,
  otherFiles,
  busy,
  onBack,
  onCommit,
}: {
  preview: ManifestPreview;
  otherFiles: number;
  busy: boolean;
  onBack: () => void;
  onCommit: (columns: ManifestColumnChoice[]) => void;
}) {
  const [columns, setColumns] = useState<ManifestColumn[]>(preview.columns);
  const change = (name: string, part: Partial<ManifestColumn>) =>
    setColumns((now) =>
      now.map((column) => (column.name === name ? { ...column, ...part } : column)),
    );
  const hasContent = columns.some((column) => ["text", "url", "file"].includes(column.role));
  // The server counts the rows that can be taken in apart from those that cannot.
  const good = preview.rows;
  const all = preview.rows + preview.n_problems;
  return (
    <>
      <Section title={`${plural(all, "row")}, ${plural(columns.length, "column")}`} flush>
        <table className={css.columns}>
          <thead>
            <tr>
              <th>Column</th>
              <th>Is</th>
              <th>Type</th>
              <th>For example</th>
              <th style={{ textAlign: "right" }}>Missing</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.name}>
                <td>
                  <strong>{column.name}</strong>
                </td>
                <td>
                  <Select
                    aria-label={`Role of ${column.name}`}
                    value={column.role}
                    data={ROLES}
                    allowDeselect={false}
                    onChange={(role) =>
                      change(column.name, { role: (role ?? "meta") as ColumnRole })
                    }
                    w={160}
                  />
                </td>
                <td>
                  <Select
                    aria-label={`Type of ${column.name}`}
                    value={column.type}
                    data={column.type === "empty" ? [...TYPES, "empty"] : TYPES}
                    disabled={column.role !== "meta"}
                    allowDeselect={false}
                    onChange={(type) =>
                      change(column.name, { type: (type ?? "text") as ColumnType })
                    }
                    w={110}
                  />
                </td>
                <td
                  className={css.sample}
                  title={column.samples.map(valueText).filter(Boolean).join(" · ")}
                >
                  {column.samples.map(valueText).filter(Boolean).join(" · ")}
                </td>
                <td style={{ textAlign: "right" }} className="num">
                  {column.n_missing === 0 ? "" : count(column.n_missing)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {preview.n_problems > 0 && (
        <Section title={`${plural(preview.n_problems, "row")} will be refused`}>
          <ul style={{ margin: 0, paddingLeft: 18, lineHeight: 1.7 }}>
            {preview.problems.map((problem, i) => (
              <li key={`${problem.row}-${i}`}>
                {problem.row !== null && `Row ${count(problem.row)}: `}
                {problem.message} <code>{problem.code}</code>
              </li>
            ))}
          </ul>
          {preview.n_problems > preview.problems.length && (
            <div className={css.hint}>
              and {count(preview.n_problems - preview.problems.length)} more; all are in the report.
            </div>
          )}
        </Section>
      )}
      <Section title="The first rows" flush>
        <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label="The first rows">
          <Table withRowBorders fz="xs" horizontalSpacing={14}>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.name}>{column.name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.sample_rows.map((row, i) => (
                <Table.Tr key={i}>
                  {columns.map((column) => (
                    <Table.Td key={column.name}>
                      <div className={css.sample} style={{ maxWidth: 220 }}>
                        {valueText(row[column.name])}
                      </div>
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      </Section>
      {!hasContent && otherFiles === 0 && (
        <p className={css.hint} style={{ color: "var(--sheaf-danger)" }} role="alert">
          No column holds the content. Say which one is the text, the address or the path of a file.
        </p>
      )}
      <div className={css.inline}>
        <Button
          size="sm"
          loading={busy}
          disabled={!hasContent || good <= 0}
          onClick={() =>
            onCommit(
              columns.map(({ name, role, type }) =>
                role === "meta" && type !== "empty" && type !== "mixed"
                  ? { name, role, type }
                  : { name, role },
              ),
            )
          }
        >
          {otherFiles > 0
            ? `Take in ${plural(good, "row")} and upload ${plural(otherFiles, "file")}`
            : `Add ${plural(good, "row")} to the library`}
        </Button>
        <Button size="sm" variant="subtle" onClick={onBack} disabled={busy}>
          Back; add nothing
        </Button>
      </div>
    </>
  );
}
