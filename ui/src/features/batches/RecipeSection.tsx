/** How a batch was chosen, in words and as JSON, and the button that does it again. */
import { Button, Modal, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { rerunBatch } from "~/api/batches";
import type { Batch } from "~/api/types";
import { isQuality } from "~/components/batch/kinds";
import { CodeLine } from "~/components/CodeLine";
import { notifyDone } from "~/components/notify";
import { Failure, Section } from "~/components/Page";
import { WithCode } from "~/components/WithCode";
import { count, plural } from "~/lib/format";
import css from "./batches.module.css";
import { DiffPart } from "./DiffPart";
import { FitReport } from "./FitReport";

/** The JSON that another batch can be made with; a long list of assets is cut. */
function recipeJson(batch: Batch): string {
  const { text: _text, ...recipe } = batch.recipe;
  const assets = recipe.assets;
  const shown =
    assets !== null && assets.length > 20
      ? { ...recipe, assets: [...assets.slice(0, 20), `… ${assets.length - 20} more`] }
      : recipe;
  return JSON.stringify(shown, null, 2);
}

export function RecipeSection({
  projectId,
  batch,
  canRerun,
}: {
  projectId: string;
  batch: Batch;
  canRerun: boolean;
}) {
  const [open, setOpen] = useState(false);
  const [json, setJson] = useState(false);
  const [diff, setDiff] = useState(false);
  const { recipe } = batch;
  const text = recipe.text.charAt(0).toUpperCase() + recipe.text.slice(1);
  return (
    <Section
      title="Recipe"
      actions={
        <>
          <Button variant="subtle" onClick={() => setJson(!json)} aria-expanded={json}>
            {json ? "Hide JSON" : "Show JSON"}
          </Button>
          <Button variant="subtle" onClick={() => setDiff(!diff)} aria-expanded={diff}>
            {diff ? "Hide the difference" : "Difference against today"}
          </Button>
          {canRerun && (
            <Button
              variant="default"
              leftSection={<IconRepeat size={15} />}
              onClick={() => setOpen(true)}
            >
              Make it again
            </Button>
          )}
        </>
      }
    >
      <p className={css.recipeText}>
        <WithCode text={text} />
      </p>
      <div className={css.hint}>
        Chosen from the first {count(recipe.high_water)} assets of the library.
      </div>
      {json && (
        <div style={{ marginTop: 10 }}>
          <CodeLine label="Recipe as JSON" text={recipeJson(batch)} />
        </div>
      )}
      {recipe.fit != null &&
        recipe.fit.length > 0 &&
        typeof recipe.pick === "object" &&
        "quota" in recipe.pick && (
          <div style={{ marginTop: 14 }}>
            <FitReport
              fit={recipe.fit}
              by={recipe.pick.quota.by}
              fill={recipe.pick.quota.fill === true}
            />
          </div>
        )}
      {diff && <DiffPart projectId={projectId} batchId={batch.id} />}
      {open && <Again projectId={projectId} batch={batch} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Again({
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
  const [name, setName] = useState(`${batch.name}, again`);
  const [at, setAt] = useState<"now" | "then">("now");
  const [launch, setLaunch] = useState(false);
  const quality = isQuality(batch.kind);
  const rerun = useMutation({
    mutationFn: () =>
      rerunBatch(projectId, batch.id, {
        name: name.trim(),
        at,
        ...(quality
          ? { kind: batch.kind }
          : { launch, overlap: batch.overlap, review_levels: batch.review_levels }),
      }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["batches", projectId] });
      notifyDone(`“${made.name}” has ${plural(made.counts.members, "task")}.`);
      onClose();
      void navigate({
        to: "/p/$projectId/batches/$batchId",
        params: { projectId, batchId: made.id },
      });
    },
  });
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    rerun.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Make it again">
      <form onSubmit={handleSubmit} style={{ display: "grid", gap: 14 }}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          withAsterisk={false}
          data-autofocus
        />
        <div>
          <SegmentedControl
            fullWidth
            aria-label="Out of which library"
            value={at}
            onChange={(value) => setAt(value === "then" ? "then" : "now")}
            data={[
              { value: "now", label: "Today's library" },
              { value: "then", label: "The library as it was" },
            ]}
          />
          <div className={css.hint} style={{ marginTop: 6 }}>
            {at === "now"
              ? "The same recipe on the library as it is today; what was included since stays out if the recipe says so."
              : "The same assets as this batch, to the last one."}
          </div>
        </div>
        {quality ? (
          <div className={css.hint}>It is kept in staging until its answers are known.</div>
        ) : (
          <Switch
            label="Launch it at once"
            checked={launch}
            onChange={(event) => setLaunch(event.currentTarget.checked)}
          />
        )}
        {rerun.error !== null && <Failure error={rerun.error} />}
        <Button type="submit" loading={rerun.isPending} disabled={name.trim() === ""}>
          Make it again
        </Button>
      </form>
    </Modal>
  );
}
