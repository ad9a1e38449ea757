/** A batch in staging cut into parts that take its place: equal ones, or one for each value of a field. */
import { Button, Modal, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { batchesQuery, splitBatch } from "~/api/batches";
import { facetsQuery } from "~/api/library";
import type { Batch } from "~/api/types";
import dialog from "~/components/batch/batch.module.css";
import { notifyDone } from "~/components/notify";
import { Failure } from "~/components/Page";
import { FieldSelect } from "~/components/query/FieldSelect";
import { newSeed } from "~/components/recipe/pick";
import { count, plural } from "~/lib/format";
import { quote } from "~/lib/queryText";
import css from "./batches.module.css";
import { equalParts, valueParts, type Plan } from "./split";

/** Names of the preview. */
const SHOWN = 8;

export function SplitDialog({
  projectId,
  batch,
  onClose,
}: {
  projectId: string;
  batch: Batch;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const members = batch.counts.members;
  const [how, setHow] = useState<"equal" | "field">("equal");
  const [parts, setParts] = useState(Math.min(2, members));
  const [random, setRandom] = useState(false);
  const [seed] = useState(() => newSeed(Math.random));
  const [by, setBy] = useState("");
  const [typed, setTyped] = useState("");
  const usual = how === "equal" ? "{batch} {n}" : "{batch} {value}";
  const pattern = typed.trim() === "" ? usual : typed.trim();

  const facet = useQuery({
    ...facetsQuery(projectId, `batch:${quote(batch.name)}`, by === "" ? [] : [by], 100),
    enabled: how === "field" && by !== "",
    placeholderData: keepPreviousData,
  }).data?.facets.find((entry) => entry.field === by);
  const planned =
    how === "equal"
      ? equalParts(batch.name, pattern, members, parts)
      : facet === undefined
        ? null
        : valueParts(batch.name, pattern, facet);
  const taken = new Set((useQuery(batchesQuery(projectId)).data?.items ?? []).map((b) => b.name));
  taken.delete(batch.name);
  const problem = problemOf(planned, pattern, how, taken);

  const split = useMutation({
    mutationFn: () => {
      const name = typed.trim() === "" ? {} : { name: pattern };
      return splitBatch(
        projectId,
        batch.id,
        how === "equal" ? { parts, ...(random ? { seed } : {}), ...name } : { by, ...name },
      );
    },
    onSuccess: ({ items }) => {
      void client.invalidateQueries({ queryKey: ["batches", projectId] });
      client.removeQueries({ queryKey: ["batch", projectId, batch.id] });
      notifyDone(`“${batch.name}” is now ${plural(items.length, "batch", "batches")}.`);
      onClose();
      void navigate({ to: "/p/$projectId/batches", params: { projectId } });
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    split.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={`Split “${batch.name}”`} size={520}>
      <form onSubmit={handleSubmit} className={dialog.dialog}>
        <SegmentedControl
          aria-label="How it is split"
          value={how}
          onChange={(value) => setHow(value === "field" ? "field" : "equal")}
          data={[
            { value: "equal", label: "In equal parts" },
            { value: "field", label: "By the values of a field" },
          ]}
        />
        {how === "equal" ? (
          <div style={{ display: "flex", gap: 10, alignItems: "end" }}>
            <NumberInput
              label="Parts"
              value={parts}
              min={2}
              max={1000}
              allowDecimal={false}
              clampBehavior="strict"
              onChange={(value) => setParts(Number(value) || 0)}
              w={110}
              data-autofocus
            />
            <SegmentedControl
              aria-label="Which assets go where"
              value={random ? "random" : "order"}
              onChange={(value) => setRandom(value === "random")}
              data={[
                { value: "order", label: "In upload order" },
                { value: "random", label: "Dealt at random" },
              ]}
            />
          </div>
        ) : (
          <FieldSelect
            projectId={projectId}
            label="Field"
            description="One part for each of its values, and one for the assets without it."
            value={by}
            onChange={setBy}
            width="100%"
          />
        )}
        <TextInput
          label="Names of the parts"
          description={
            how === "equal"
              ? "{batch} is this batch’s name, {n} the part’s number."
              : "{batch} is this batch’s name, {value} the value, {n} the part’s number."
          }
          placeholder={usual}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {planned !== null && <Preview parts={planned} />}
        {problem !== null && (
          <div className={css.warn} role="status">
            {problem}
          </div>
        )}
        <div className={css.hint}>
          The parts take the place of “{batch.name}”. No asset is lost, none is in two parts.
        </div>
        {split.error !== null && <Failure error={split.error} />}
        <Button
          type="submit"
          loading={split.isPending}
          disabled={planned === null || problem !== null}
        >
          {planned === null || problem !== null
            ? "Split"
            : `Split into ${plural(planned.total, "batch", "batches")}`}
        </Button>
      </form>
    </Modal>
  );
}

function problemOf(
  planned: Plan | null,
  pattern: string,
  how: "equal" | "field",
  taken: ReadonlySet<string>,
): string | null {
  if (!pattern.includes("{n}") && !(how === "field" && pattern.includes("{value}"))) {
    return `All parts would have the same name: write {n}${how === "field" ? " or {value}" : ""} somewhere.`;
  }
  if (planned === null) return null;
  if (planned.total < 2) return "That is only one part.";
  if (planned.total > 1000) return "More than 1,000 parts: take a field with fewer values.";
  const known = planned.shown.find((part) => taken.has(part.name));
  return known === undefined ? null : `There is a batch “${known.name}” already.`;
}

function Preview({ parts: { shown, total } }: { parts: Plan }) {
  const head = shown.length <= SHOWN ? shown : shown.slice(0, SHOWN - 1);
  const last = shown.length <= SHOWN || shown.length < total ? null : shown.at(-1);
  const hidden = total - head.length - (last === null ? 0 : 1);
  return (
    <ol className={css.parts} aria-label="The parts">
      {head.map((part, i) => (
        // By place: while a pattern is typed, parts may have the same name.
        <li key={i}>
          <span>{part.name}</span>
          <span className="num">{count(part.members)}</span>
        </li>
      ))}
      {hidden > 0 && <li className={css.hint}>and {count(hidden)} more</li>}
      {last !== null && last !== undefined && (
        <li>
          <span>{last.name}</span>
          <span className="num">{count(last.members)}</span>
        </li>
      )}
    </ol>
  );
}
