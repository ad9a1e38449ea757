/** The left side of the batch builder: the form. */
import {
  ActionIcon,
  Button,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Switch,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconDice5 } from "@tabler/icons-react";
import type { BatchKind, Selection } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { KINDS } from "~/components/BatchState";
import { Keys } from "~/components/Keys";
import { QueryBox } from "~/components/query/QueryBox";
import { WholeNumber } from "~/components/WholeNumber";
import { DropZone } from "~/components/uploading/DropZone";
import { bytes, count, plural } from "~/lib/format";
import type { PickedFile } from "~/lib/uploading/dropped";
import { buttonText, newSeed, SCOPES, type BuilderForm, type Scope } from "./builder";
import css from "./batches.module.css";
import { Choices } from "./Choices";

const KIND_HINTS: Record<BatchKind, string> = {
  production: "Work that counts.",
  calibration: "Served before production, to see that everybody labels alike.",
  self_label: "For your own team to try the taxonomy.",
};

export function BuilderFormView({
  projectId,
  form,
  name,
  files,
  batchNames,
  librarySize,
  hasTaxonomy,
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
  /** The dry run of exactly this form; null while it is computed. */
  selection: Selection | null;
  making: boolean;
  onChange: (part: Partial<BuilderForm>) => void;
  onFiles: (files: PickedFile[]) => void;
  onMake: () => void;
}) {
  const fromFiles = form.source === "files";
  const picked = fromFiles ? files.length : (selection?.picked ?? null);
  const noCount = !fromFiles && form.pick !== "all" && form.count === 0;
  const blocked = picked === 0 || noCount || (form.launch && !hasTaxonomy) || name === "";
  useCommands([
    {
      id: "builder.make",
      label: buttonText(form, picked),
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
      enabled: form.pick === "random" && !fromFiles,
      run: () => onChange({ seed: newSeed(Math.random) }),
    },
  ]);
  return (
    <div className={css.form}>
      <fieldset className={css.step}>
        <legend>What goes in</legend>
        <div className={css.rows}>
          <Choices
            label="What goes in"
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
              { value: "files", title: "New files", hint: "Dropped here" },
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

      {!fromFiles && <PickStep form={form} onChange={onChange} />}
      {!fromFiles && <ExcludeStep form={form} batchNames={batchNames} onChange={onChange} />}

      <fieldset className={css.step}>
        <legend>The batch</legend>
        <div className={css.rows}>
          <TextInput
            label="Name"
            value={form.name}
            placeholder={name}
            onChange={(event) => onChange({ name: event.target.value })}
            error={
              batchNames.includes(form.name.trim()) ? "There is a batch of this name." : undefined
            }
          />
          <div className={css.inline}>
            <Select
              label="Kind"
              value={form.kind}
              allowDeselect={false}
              onChange={(kind) =>
                onChange({
                  kind: kind === "calibration" || kind === "self_label" ? kind : "production",
                })
              }
              data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
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
          <div className={css.hint}>
            {KIND_HINTS[form.kind]} Each task gets one judgement (overlap 1).
          </div>
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
              The project has no taxonomy yet, so there is nothing to answer. Set it up in the
              settings, or keep the batch in staging.
            </div>
          )}
        </div>
      </fieldset>
      <div className={css.foot}>
        <Button size="sm" fullWidth disabled={blocked} loading={making} onClick={onMake}>
          {buttonText(form, picked)}
        </Button>
        <span className={css.hint} style={{ textAlign: "center" }}>
          <Keys shortcut="$mod+Enter" />
        </span>
      </div>
    </div>
  );
}

function PickStep({
  form,
  onChange,
}: {
  form: BuilderForm;
  onChange: (part: Partial<BuilderForm>) => void;
}) {
  return (
    <fieldset className={css.step}>
      <legend>How many, and which</legend>
      <div className={css.rows}>
        <Choices
          label="How many, and which"
          value={form.pick}
          onChange={(pick) => onChange({ pick })}
          options={[
            { value: "all", title: "All", hint: "No limit" },
            { value: "random", title: "Random", hint: "By a seed" },
            { value: "first", title: "First uploaded", hint: "The oldest" },
            { value: "last", title: "Last uploaded", hint: "The newest" },
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
              w={150}
            />
            {form.pick === "random" && (
              <>
                <NumberInput
                  label="Seed"
                  value={form.seed}
                  min={0}
                  max={9_007_199_254_740_991}
                  allowDecimal={false}
                  hideControls
                  onChange={(value) => onChange({ seed: Math.max(0, Number(value) || 0) })}
                  w={150}
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
        {form.pick === "random" && (
          <div className={css.hint}>The same seed picks the same assets again.</div>
        )}
      </div>
    </fieldset>
  );
}

function ExcludeStep({
  form,
  batchNames,
  onChange,
}: {
  form: BuilderForm;
  batchNames: string[];
  onChange: (part: Partial<BuilderForm>) => void;
}) {
  return (
    <fieldset className={css.step}>
      <legend>What stays out</legend>
      <div className={css.rows}>
        <Switch
          label="Leave out what was already included"
          checked={form.exclude}
          onChange={(event) => onChange({ exclude: event.currentTarget.checked })}
        />
        {form.exclude && (
          <div className={css.inline}>
            <Select
              aria-label="Included where"
              value={form.scope}
              allowDeselect={false}
              onChange={(value) => onChange({ scope: (value ?? "any") as Scope })}
              data={SCOPES}
              w={220}
            />
            {form.scope === "chosen" && (
              <MultiSelect
                aria-label="Batches to leave out"
                placeholder={form.chosen.length === 0 ? "Choose batches" : ""}
                searchable
                value={form.chosen}
                onChange={(chosen) => onChange({ chosen })}
                data={batchNames}
                style={{ flex: 1, minWidth: 200 }}
              />
            )}
          </div>
        )}
      </div>
    </fieldset>
  );
}
