/** The left side of the batch builder: the form. */
import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import type { Batch, BatchKind, Selection } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { JudgingFields } from "~/components/batch/JudgingFields";
import { beginsWithPrelabels, GOLD_RATE, isQuality } from "~/components/batch/kinds";
import { servingLack } from "~/components/batch/serving";
import { ServingFields } from "~/components/batch/ServingFields";
import { kindChoices } from "~/components/BatchState";
import { Keys } from "~/components/Keys";
import { QueryBox } from "~/components/query/QueryBox";
import { Choices } from "~/components/recipe/Choices";
import { ExcludeStep } from "~/components/recipe/ExcludeStep";
import { newSeed } from "~/components/recipe/pick";
import { PickStep } from "~/components/recipe/PickStep";
import recipe from "~/components/recipe/recipe.module.css";
import { WholeNumber } from "~/components/WholeNumber";
import { DropZone } from "~/components/uploading/DropZone";
import { bytes, count, plural } from "~/lib/format";
import type { PickedFile } from "~/lib/uploading/dropped";
import { buttonText, kindsOf, launches, queryOf, recipeLack, type BuilderForm } from "./builder";
import css from "./batches.module.css";

const KIND_HINTS: Record<BatchKind, string> = {
  production: "Work that counts.",
  calibration: "Served before production, to see that everybody labels alike.",
  self_label: "Served to managers only, to try the taxonomy.",
  gold: "Tasks with known answers, mixed in among everybody's tasks and looking like them, to measure people.",
  training:
    "Tasks with known answers that come before everything else; after each one the annotator sees how it went.",
};

/** What adding to a batch in this state does. */
const INTO_HINTS: Partial<Record<Batch["state"], string>> = {
  staging: "The batch is in staging: nobody sees the new tasks until you launch it.",
  in_progress: "The batch is in progress: the new tasks are in the annotators' queue at once.",
  paused: "The batch is paused: the new tasks are served when it goes on.",
  completed: "The batch is completed: with new tasks it goes on.",
};

/** Of a person's claims, how many are gold. */
export function GoldRate({ rate, onChange }: { rate: number; onChange: (rate: number) => void }) {
  return (
    <WholeNumber
      label="Gold rate (percent)"
      description={`About ${rate} of every 100 tasks that somebody gets are gold, until they had each.`}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={rate}
      min={GOLD_RATE.min}
      max={GOLD_RATE.max}
      onChange={onChange}
    />
  );
}

export function BuilderFormView({
  projectId,
  form,
  name,
  files,
  batchNames,
  librarySize,
  hasTaxonomy,
  into,
  selection,
  making,
  onChange,
  onFiles,
  onMake,
}: {
  projectId: string;
  form: BuilderForm;
  /** The name in force: typed or suggested. */
  name: string;
  files: PickedFile[];
  batchNames: string[];
  librarySize: number | null;
  hasTaxonomy: boolean;
  /** The batch that it is added to; undefined when a new one is made. */
  into: Batch | undefined;
  /** The dry run of exactly this form; null while it is computed. */
  selection: Selection | null;
  making: boolean;
  onChange: (part: Partial<BuilderForm>) => void;
  onFiles: (files: PickedFile[]) => void;
  onMake: () => void;
}) {
  const fromFiles = form.source === "files";
  const picked = fromFiles ? files.length : (selection?.picked ?? null);
  const lack = recipeLack(form);
  const unready =
    into === undefined &&
    ((launches(form) && !hasTaxonomy) || name === "" || servingLack(form) !== null);
  const blocked = picked === 0 || lack !== null || unready;
  useCommands([
    {
      id: "builder.make",
      label: buttonText(form, picked, into?.name),
      group: "This batch",
      shortcut: "$mod+Enter",
      inFields: true,
      enabled: !blocked && !making,
      run: onMake,
    },
    {
      id: "builder.dice",
      label: "Draw another seed",
      group: "This batch",
      enabled: (form.pick === "random" || form.pick === "quota") && !fromFiles,
      run: () => onChange({ seed: newSeed(Math.random) }),
    },
  ]);
  return (
    <div className={css.form}>
      <fieldset className={recipe.step}>
        <legend>What goes in</legend>
        <div className={recipe.rows}>
          <Choices
            label="What goes in"
            {...(into === undefined ? {} : { columns: 3 as const })}
            value={form.source}
            onChange={(source) => onChange({ source })}
            options={[
              {
                value: "library",
                title: "Whole library",
                hint: librarySize === null ? "Everything" : plural(librarySize, "asset"),
              },
              { value: "query", title: "A query", hint: "All that it finds" },
              {
                value: "ticked",
                title: "Ticked assets",
                hint:
                  form.ticked.length === 0
                    ? "Tick some in the library"
                    : `${count(form.ticked.length)} ticked`,
                disabled: form.ticked.length === 0,
              },
              ...(into === undefined
                ? [{ value: "files" as const, title: "New files", hint: "Dropped here" }]
                : []),
            ]}
          />
          {form.source === "query" && (
            <div style={{ display: "flex" }}>
              <QueryBox
                projectId={projectId}
                value={form.q}
                label="Query of the batch"
                onRun={(q) => onChange({ q })}
              />
            </div>
          )}
          {fromFiles && (
            <DropZone compact onFiles={onFiles}>
              {files.length === 0
                ? "Drop files or a folder here. They become assets of the library and tasks of this batch in one go."
                : `${plural(files.length, "file")}, ${bytes(files.reduce((sum, entry) => sum + entry.file.size, 0))}. Drop others to replace them.`}
            </DropZone>
          )}
        </div>
      </fieldset>

      {!fromFiles && (
        <PickStep projectId={projectId} q={queryOf(form)} form={form} onChange={onChange} />
      )}
      {!fromFiles && <ExcludeStep form={form} batchNames={batchNames} onChange={onChange} />}

      {into === undefined ? (
        <BatchStep
          projectId={projectId}
          form={form}
          name={name}
          batchNames={batchNames}
          hasTaxonomy={hasTaxonomy}
          onChange={onChange}
        />
      ) : (
        <div className={css.hint} style={{ marginBottom: 22 }}>
          {INTO_HINTS[into.state] ?? ""}
        </div>
      )}
      <div className={css.foot}>
        <Button size="sm" fullWidth disabled={blocked} loading={making} onClick={onMake}>
          {buttonText(form, picked, into?.name)}
        </Button>
        <span className={css.hint} style={{ textAlign: "center" }}>
          <Keys shortcut="$mod+Enter" />
        </span>
      </div>
    </div>
  );
}

function BatchStep({
  projectId,
  form,
  name,
  batchNames,
  hasTaxonomy,
  onChange,
}: {
  projectId: string;
  form: BuilderForm;
  name: string;
  batchNames: string[];
  hasTaxonomy: boolean;
  onChange: (part: Partial<BuilderForm>) => void;
}) {
  const kinds = kindsOf(form.source);
  return (
    <fieldset className={recipe.step}>
      <legend>The batch</legend>
      <div className={recipe.rows}>
        <TextInput
          label="Name"
          value={form.name}
          placeholder={name}
          onChange={(event) => onChange({ name: event.target.value })}
          error={
            batchNames.includes(form.name.trim()) ? "There is a batch of this name." : undefined
          }
        />
        <div className={recipe.inline}>
          <Select
            label="Kind"
            value={form.kind}
            allowDeselect={false}
            onChange={(kind) =>
              onChange({ kind: kinds.find((one) => one === kind) ?? "production" })
            }
            data={kindChoices(kinds)}
            w={150}
          />
          <WholeNumber
            label="Priority (higher is served first)"
            value={form.priority}
            min={-1000}
            max={1000}
            onChange={(priority) => onChange({ priority })}
            w={210}
          />
        </div>
        <div className={css.hint}>{KIND_HINTS[form.kind]}</div>
        {form.kind === "gold" && (
          <GoldRate rate={form.goldRate} onChange={(goldRate) => onChange({ goldRate })} />
        )}
        {!isQuality(form.kind) && <JudgingFields value={form} onChange={onChange} />}
        <ServingFields
          projectId={projectId}
          value={form}
          begins={beginsWithPrelabels(form.kind)}
          onChange={onChange}
        />
        {isQuality(form.kind) ? (
          <div className={css.hint}>
            It is kept in staging. Give its known answers on its page, then launch it there.
            {form.exclude &&
              " What is in another batch is left out now: to take the answers of a labelled batch, include its assets."}
          </div>
        ) : (
          <Start form={form} hasTaxonomy={hasTaxonomy} onChange={onChange} />
        )}
      </div>
    </fieldset>
  );
}

function Start({
  form,
  hasTaxonomy,
  onChange,
}: {
  form: BuilderForm;
  hasTaxonomy: boolean;
  onChange: (part: Partial<BuilderForm>) => void;
}) {
  return (
    <>
      <SegmentedControl
        aria-label="When it starts"
        value={form.launch ? "launch" : "staging"}
        onChange={(value) => onChange({ launch: value === "launch" })}
        data={[
          { value: "staging", label: "Keep in staging" },
          { value: "launch", label: "Launch now" },
        ]}
      />
      <div className={css.hint}>
        {form.launch
          ? "Its tasks appear in the annotators' queue at once."
          : "Nobody sees its tasks until you launch it."}
      </div>
      {form.launch && !hasTaxonomy && (
        <div className={css.warn} role="alert">
          The project has no taxonomy yet, so there is nothing to answer. Set it up in the settings,
          or keep the batch in staging.
        </div>
      )}
    </>
  );
}
