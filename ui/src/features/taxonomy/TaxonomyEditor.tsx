/**
 * Edits what may be answered in a project: a form and JSON of the same taxonomy, with a live preview,
 * saved as a new version. Owns the draft and the conflict with somebody else's version.
 */
import { Alert, Button, Tabs } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ApiError } from "~/api/http";
import { projectQuery, saveTaxonomy, taxonomyQuery } from "~/api/projects";
import type { Media, Problem, Taxonomy, TaxonomyVersion } from "~/api/types";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure, Waiting } from "~/components/Page";
import { TimeAgo } from "~/components/TimeAgo";
import { FormTab } from "./FormTab";
import { cleaned, writeTaxonomy } from "./json";
import { JsonTab } from "./JsonTab";
import { Preview } from "./Preview";
import { taxonomyProblems } from "./problems";
import { Start } from "./Start";
import css from "./taxonomy.module.css";

export function TaxonomyEditor({ projectId }: { projectId: string }) {
  const project = useQuery(projectQuery(projectId));
  const stored = useQuery({ ...taxonomyQuery(projectId), refetchOnWindowFocus: false });
  const error = project.error ?? stored.error;
  if (error) return <Failure error={error} onRetry={() => void stored.refetch()} />;
  if (!project.data || !stored.data) return <Waiting what="the taxonomy" />;
  return (
    <Editor key={projectId} projectId={projectId} media={project.data.media} stored={stored.data} />
  );
}

function Editor({
  projectId,
  media,
  stored,
}: {
  projectId: string;
  media: Media;
  stored: TaxonomyVersion;
}) {
  const client = useQueryClient();
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState<Taxonomy | null>(stored.taxonomy);
  const [theirs, setTheirs] = useState<TaxonomyVersion | null>(null);
  const [refused, setRefused] = useState<readonly Problem[]>([]);
  const [saving, setSaving] = useState(false);
  // The text tab is drawn anew when the taxonomy is replaced from outside of it.
  const [generation, setGeneration] = useState(0);
  const own = useMemo(() => (draft ? taxonomyProblems(draft, media) : []), [draft, media]);
  const changed = draft !== null && !sameTaxonomy(draft, base.taxonomy);
  useLeaveWarning(changed);

  if (draft === null) return <Start media={media} onStart={setDraft} />;
  const problems = own.length > 0 ? own : refused;

  const replace = (version: TaxonomyVersion) => {
    setBase(version);
    setDraft(version.taxonomy);
    setTheirs(null);
    setRefused([]);
    setGeneration((n) => n + 1);
  };
  const handleChange = (next: Taxonomy) => {
    setDraft(next);
    setRefused([]);
  };
  const handleSave = async (baseVersion: number) => {
    setSaving(true);
    try {
      const saved = await saveTaxonomy(projectId, cleaned(draft), baseVersion);
      setBase({ ...saved, taxonomy: saved.taxonomy ?? cleaned(draft) });
      setTheirs(null);
      notifyDone(`Saved as version ${saved.version}.`);
      await client.invalidateQueries({ queryKey: ["taxonomy", projectId] });
      await client.invalidateQueries({ queryKey: ["project", projectId] });
    } catch (error) {
      if (error instanceof ApiError && error.code === "version_conflict") {
        setTheirs(await client.fetchQuery({ ...taxonomyQuery(projectId), staleTime: 0 }));
      } else if (error instanceof ApiError && error.status === 422) {
        setRefused(problemsIn(error));
      } else notifyError(error, "Not saved");
    } finally {
      setSaving(false);
    }
  };

  return (
    <div className={css.editor}>
      <div className={css.head}>
        <span className={css.dim}>
          {base.version === 0 ? (
            "Not saved yet"
          ) : (
            <>
              Version {base.version}
              {base.created_by && ` by ${base.created_by.name}`}, <TimeAgo time={base.created_at} />
            </>
          )}
        </span>
        <span className={css.space} />
        {changed && (
          <Button variant="subtle" color="gray" onClick={() => replace(base)}>
            {base.taxonomy === null ? "Start over" : "Discard changes"}
          </Button>
        )}
        <Button
          loading={saving}
          disabled={!changed || own.length > 0}
          onClick={() => void handleSave(base.version)}
        >
          Save
        </Button>
      </div>
      {theirs && (
        <Conflict
          theirs={theirs}
          onTakeTheirs={() => replace(theirs)}
          onKeepMine={() => void handleSave(theirs.version)}
        />
      )}
      <div className={css.columns}>
        <div className={css.form}>
          <Tabs defaultValue="form">
            <Tabs.List>
              <Tabs.Tab value="form">Form</Tabs.Tab>
              <Tabs.Tab value="json">JSON</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="form" pt="sm">
              <FormTab
                taxonomy={draft}
                media={media}
                stored={base.taxonomy}
                problems={problems}
                onChange={handleChange}
              />
            </Tabs.Panel>
            <Tabs.Panel value="json" pt="sm">
              <JsonTab
                key={generation}
                taxonomy={draft}
                problems={problems}
                onChange={handleChange}
              />
            </Tabs.Panel>
          </Tabs>
        </div>
        <div className={css.side}>
          <h2 className={css.sideTitle}>Preview: try it</h2>
          <Preview taxonomy={draft} media={media} />
        </div>
      </div>
    </div>
  );
}

function Conflict({
  theirs,
  onTakeTheirs,
  onKeepMine,
}: {
  theirs: TaxonomyVersion;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) {
  const [shown, setShown] = useState(false);
  return (
    <Alert color="yellow" title="Somebody else saved meanwhile" role="alert">
      <p className={css.conflictText}>
        Version {theirs.version}
        {theirs.created_by && ` by ${theirs.created_by.name}`} is newer than the one you started
        from. Your changes are still here.
      </p>
      <div className={css.conflictActions}>
        <Button variant="default" onClick={() => setShown(!shown)}>
          {shown ? "Hide theirs" : "Show theirs"}
        </Button>
        <Button variant="default" onClick={onTakeTheirs}>
          Take theirs, drop mine
        </Button>
        <Button onClick={onKeepMine}>Save mine after it</Button>
      </div>
      {shown && theirs.taxonomy && (
        <pre className={css.theirs}>{writeTaxonomy(theirs.taxonomy)}</pre>
      )}
    </Alert>
  );
}

function sameTaxonomy(a: Taxonomy, b: Taxonomy | null): boolean {
  return b !== null && writeTaxonomy(a) === writeTaxonomy(b);
}

function problemsIn(error: ApiError): Problem[] {
  const { problems } = error.details;
  if (!Array.isArray(problems)) return [{ path: "", message: error.message }];
  return problems.flatMap((problem: unknown) => {
    if (typeof problem !== "object" || problem === null) return [];
    const path = "path" in problem && typeof problem.path === "string" ? problem.path : "";
    const message =
      "message" in problem && typeof problem.message === "string" ? problem.message : "";
    return [{ path, message }];
  });
}

function useLeaveWarning(changed: boolean): void {
  useBlocker({
    enableBeforeUnload: changed,
    disabled: !changed,
    shouldBlockFn: async () =>
      !(await confirm({
        title: "Leave without saving?",
        text: "What you changed in the taxonomy is not saved.",
        yes: "Leave",
        danger: true,
      })),
  });
}
