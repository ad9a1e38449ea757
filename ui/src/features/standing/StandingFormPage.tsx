/** /p/:id/batches/standing/new and .../edit: what it takes, when it runs, what the batches are like. */
import { Button, SegmentedControl, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { batchesQuery } from "~/api/batches";
import { changeStanding, createStanding, standingBatchQuery } from "~/api/standing";
import type { BatchKind, CatchUp, Ref, StandingBatch } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { JudgingFields } from "~/components/batch/JudgingFields";
import { LABELLING_KINDS } from "~/components/batch/kinds";
import { PrelabelsField, ServedFields } from "~/components/batch/ServingFields";
import { kindChoices } from "~/components/BatchState";
import { Keys } from "~/components/Keys";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure, Page, Waiting } from "~/components/Page";
import pageCss from "~/components/page.module.css";
import { WholeNumber } from "~/components/WholeNumber";
import { QueryBox } from "~/components/query/QueryBox";
import { ExcludeStep } from "~/components/recipe/ExcludeStep";
import { PickStep } from "~/components/recipe/PickStep";
import recipe from "~/components/recipe/recipe.module.css";
import { FormSide } from "./FormSide";
import {
  bodyOf,
  formOf,
  lackOf,
  offsets,
  offsetText,
  startForm,
  usualPattern,
  type StandingForm,
} from "./standing";
import css from "./standing.module.css";

export type StandingSearch = { q?: string };

const ownOffset = () => -new Date().getTimezoneOffset();

/** A new one. */
export function NewStandingPage({
  projectId,
  search,
}: {
  projectId: string;
  search: StandingSearch;
}) {
  return (
    <FormPage
      projectId={projectId}
      standing={null}
      start={startForm(search.q ?? "", ownOffset())}
    />
  );
}

/** One that is there. */
export function EditStandingPage({
  projectId,
  standingId,
}: {
  projectId: string;
  standingId: string;
}) {
  const query = useQuery({ ...standingBatchQuery(projectId, standingId), staleTime: Infinity });
  if (query.data !== undefined) {
    return (
      <FormPage
        projectId={projectId}
        standing={query.data}
        start={formOf(query.data, ownOffset())}
      />
    );
  }
  return (
    <Page title="Standing batch">
      {query.error === null ? (
        <Waiting what="standing batch" />
      ) : (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}

function FormPage({
  projectId,
  standing,
  start,
}: {
  projectId: string;
  /** Null for a new one. */
  standing: StandingBatch | null;
  start: StandingForm;
}) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [form, setForm] = useState(start);
  const change = (part: Partial<StandingForm>) => setForm((now) => ({ ...now, ...part }));
  const batches = useQuery(batchesQuery(projectId));
  const lack = lackOf(form);
  const save = useMutation({
    mutationFn: () =>
      standing === null
        ? createStanding(projectId, bodyOf(form))
        : changeStanding(projectId, standing.id, bodyOf(form)),
    onSuccess: (saved) => {
      client.setQueryData(standingBatchQuery(projectId, saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["standing", projectId] });
      notifyDone(standing === null ? `“${saved.name}” stands.` : `“${saved.name}” is saved.`);
      void navigate({
        to: "/p/$projectId/batches/standing/$standingId",
        params: { projectId, standingId: saved.id },
      });
    },
    onError: (error) => notifyError(error, "It was not saved"),
  });
  const saveText = standing === null ? "Make the standing batch" : "Save";
  useCommands([
    {
      id: "standing.save",
      label: saveText,
      group: "This standing batch",
      shortcut: "$mod+Enter",
      inFields: true,
      enabled: lack === null && !save.isPending,
      run: () => save.mutate(),
    },
  ]);
  return (
    <Page
      title={standing === null ? "Make a standing batch" : `Edit “${standing.name}”`}
      flush
      crumbs={
        <Link to="/p/$projectId/batches/standing" params={{ projectId }} className={pageCss.crumb}>
          Standing batches /
        </Link>
      }
    >
      <div className={css.split}>
        <div className={css.form}>
          <fieldset className={recipe.step}>
            <legend>What it takes</legend>
            <div className={recipe.rows}>
              <TextInput
                label="Name"
                placeholder="night"
                value={form.name}
                onChange={(event) => change({ name: event.target.value })}
                autoFocus={standing === null}
              />
              <div style={{ display: "flex" }}>
                <QueryBox
                  projectId={projectId}
                  value={form.q}
                  label="Query of the standing batch"
                  onRun={(q) => change({ q })}
                />
              </div>
            </div>
          </fieldset>
          <PickStep
            projectId={projectId}
            q={form.q}
            form={form}
            ownSeed={false}
            onChange={change}
          />
          <ExcludeStep
            form={form}
            batchNames={(batches.data?.items ?? []).map((batch) => batch.name)}
            onChange={change}
          />
          <WhenStep form={form} onChange={change} />
          <BatchesStep
            projectId={projectId}
            form={form}
            named={
              standing === null ? [] : [...standing.open_to.groups, ...standing.open_to.people]
            }
            onChange={change}
          />
          <div className={css.foot}>
            <Button
              size="sm"
              fullWidth
              disabled={lack !== null}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              {saveText}
            </Button>
            <span className={css.hint} style={{ textAlign: "center" }}>
              {lack ?? <Keys shortcut="$mod+Enter" />}
            </span>
          </div>
        </div>
        <FormSide
          projectId={projectId}
          form={form}
          lack={lack}
          runs={standing?.runs ?? 0}
          waiting={standing?.waiting ?? null}
        />
      </div>
    </Page>
  );
}

type StepProps = { form: StandingForm; onChange: (part: Partial<StandingForm>) => void };

function WhenStep({ form, onChange }: StepProps) {
  return (
    <fieldset className={recipe.step}>
      <legend>When it runs</legend>
      <div className={recipe.rows}>
        <SegmentedControl
          aria-label="When it runs"
          value={form.when}
          onChange={(value) => onChange({ when: value === "matches" ? "matches" : "daily" })}
          data={[
            { value: "daily", label: "Every day at" },
            { value: "matches", label: "When enough has come in" },
          ]}
        />
        {form.when === "daily" ? (
          <div className={recipe.inline}>
            <TextInput
              type="time"
              label="Time"
              value={form.at}
              onChange={(event) => onChange({ at: event.target.value.slice(0, 5) })}
              w={120}
            />
            <Select
              label="Time zone"
              value={String(form.offset)}
              allowDeselect={false}
              onChange={(value) => onChange({ offset: Number(value) })}
              data={offsets(form.offset).map((minutes) => ({
                value: String(minutes),
                label: offsetText(minutes),
              }))}
              w={130}
            />
          </div>
        ) : (
          <WholeNumber
            label="At every so many new matches"
            description="Counted are those that its exclusion lets through."
            value={form.every}
            min={1}
            max={4_294_967_295}
            thousandSeparator=","
            onChange={(every) => onChange({ every })}
            w={260}
          />
        )}
        <Select
          label="After the server was down, or it was paused"
          value={form.catchUp}
          allowDeselect={false}
          onChange={(value) => onChange({ catchUp: (value ?? "once") as CatchUp })}
          data={[
            { value: "once", label: "One run for all that was missed" },
            { value: "each", label: "A run for each that was missed" },
            { value: "skip", label: "Skip what was missed" },
          ]}
          w={300}
        />
      </div>
    </fieldset>
  );
}

function BatchesStep({
  projectId,
  form,
  named,
  onChange,
}: StepProps & {
  projectId: string;
  /** Whom its batches are open to now. */
  named: Ref[];
}) {
  return (
    <fieldset className={recipe.step}>
      <legend>The batches it makes</legend>
      <div className={recipe.rows}>
        <TextInput
          label="Their names"
          description="{date}, {time} and {n}, the number of the run, are filled in. A name that is taken gets a number."
          placeholder={usualPattern(form)}
          value={form.pattern}
          onChange={(event) => onChange({ pattern: event.target.value })}
        />
        <div className={recipe.inline}>
          <Select
            label="Kind"
            value={form.kind}
            allowDeselect={false}
            onChange={(value) => onChange({ kind: (value ?? "production") as BatchKind })}
            data={kindChoices(LABELLING_KINDS)}
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
        <JudgingFields value={form} onChange={onChange} />
        <ServedFields
          projectId={projectId}
          value={form}
          named={named}
          due={
            <WholeNumber
              label="Due after so many hours"
              description="From when a batch is made; 0 is never."
              inputWrapperOrder={["label", "input", "description", "error"]}
              value={form.dueHours}
              min={0}
              max={8784}
              onChange={(dueHours) => onChange({ dueHours })}
            />
          }
          onChange={onChange}
        />
        <PrelabelsField
          projectId={projectId}
          source={form.prelabels}
          onChange={(prelabels) => onChange({ prelabels })}
        />
        <Switch
          label="Launch them at once"
          checked={form.launch}
          onChange={(event) => onChange({ launch: event.currentTarget.checked })}
        />
        <div className={css.hint}>
          {form.launch
            ? "Their tasks appear in the annotators' queue as soon as they are made."
            : "They wait in staging until somebody launches them."}
        </div>
      </div>
    </fieldset>
  );
}
