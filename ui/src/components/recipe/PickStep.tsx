/** "How many, and which": the pick of a recipe, as a step of a form. */
import { ActionIcon, NumberInput, SegmentedControl, Tooltip } from "@mantine/core";
import { IconDice5 } from "@tabler/icons-react";
import { FieldSelect } from "~/components/query/FieldSelect";
import { Choices } from "./Choices";
import { newSeed, type PickForm } from "./pick";
import { QuotaRows } from "./QuotaRows";
import css from "./recipe.module.css";

/** Fields that group or order assets; the others say something about labelling. */
const NOT_BY = new Set(["id", "batch", "is", "status", "label", "annotator", "labelled"]);
const ORDERED_BY = (name: string) => !NOT_BY.has(name);

export function PickStep({
  projectId,
  q,
  form,
  ownSeed = true,
  onChange,
}: {
  projectId: string;
  /** What the pick is out of, where values of a field are looked for. */
  q: string;
  form: PickForm;
  /** Whether the seed is chosen here; a standing batch draws another at each run. */
  ownSeed?: boolean;
  onChange: (part: Partial<PickForm>) => void;
}) {
  const seeded = ownSeed && (form.pick === "random" || form.pick === "quota");
  const byField = form.pick === "top" || form.pick === "quota";
  return (
    <fieldset className={css.step}>
      <legend>How many, and which</legend>
      <div className={css.rows}>
        <Choices
          label="How many, and which"
          columns={3}
          value={form.pick}
          onChange={(pick) =>
            onChange({ pick, ...(byField && pick !== "top" && pick !== "quota" ? { by: "" } : {}) })
          }
          options={[
            { value: "all", title: "All", hint: "No limit" },
            { value: "random", title: "Random", hint: ownSeed ? "By a seed" : "Drawn each time" },
            { value: "first", title: "First uploaded", hint: "The oldest" },
            { value: "last", title: "Last uploaded", hint: "The newest" },
            { value: "top", title: "Top by a field", hint: "Highest or lowest" },
            { value: "quota", title: "Quota", hint: "Shares by a field" },
          ]}
        />
        {form.pick !== "all" && (
          <div className={css.inline}>
            <NumberInput
              label="How many"
              value={form.count === 0 ? "" : form.count}
              min={1}
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=","
              error={form.count === 0 ? "At least 1" : undefined}
              onChange={(value) => onChange({ count: Number(value) || 0 })}
              w={byField ? 110 : 150}
            />
            {byField && (
              <FieldSelect
                projectId={projectId}
                label={form.pick === "top" ? "By the field" : "Shares by the field"}
                value={form.by}
                accept={ORDERED_BY}
                onChange={(by) => onChange({ by, quotas: by === form.by ? form.quotas : [] })}
                width={190}
              />
            )}
            {form.pick === "top" && (
              <SegmentedControl
                aria-label="Which end"
                value={form.order}
                onChange={(value) => onChange({ order: value === "asc" ? "asc" : "desc" })}
                data={[
                  { value: "desc", label: "Highest" },
                  { value: "asc", label: "Lowest" },
                ]}
              />
            )}
            {seeded && (
              <>
                <NumberInput
                  label="Seed"
                  value={form.seed}
                  min={0}
                  max={9_007_199_254_740_991}
                  allowDecimal={false}
                  hideControls
                  onChange={(value) => onChange({ seed: Math.max(0, Number(value) || 0) })}
                  w={byField ? 110 : 150}
                />
                <Tooltip label="Draw another seed">
                  <ActionIcon
                    variant="default"
                    size={30}
                    aria-label="Draw another seed"
                    onClick={() => onChange({ seed: newSeed(Math.random) })}
                  >
                    <IconDice5 size={17} />
                  </ActionIcon>
                </Tooltip>
              </>
            )}
          </div>
        )}
        {form.pick === "quota" && form.by !== "" && (
          <QuotaRows projectId={projectId} q={q} form={form} onChange={onChange} />
        )}
        {form.pick === "top" && (
          <div className={css.hint}>
            Of equal ones the first uploaded. Assets without the field are not picked.
          </div>
        )}
        {seeded && <div className={css.hint}>The same seed picks the same assets again.</div>}
      </div>
    </fieldset>
  );
}
