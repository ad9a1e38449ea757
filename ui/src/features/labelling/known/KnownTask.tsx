/** One asset whose answer is to be known: the stage and the panel of the labelling page, a note, and saving. */
import { Button, Kbd, Textarea } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "~/api/http";
import { putKnownAnswers } from "~/api/quality";
import type { Batch, Problem, ProjectDetail, Taxonomy } from "~/api/types";
import { EMPTY_ANSWER } from "~/canvas/document/answer";
import { AnswerDocument } from "~/canvas/document/document";
import panelCss from "~/canvas/panel/panel.module.css";
import { annotationOfProblem, answerProblems, quickSubmit } from "~/canvas/taxonomy/check";
import { taxonomyHotkeys } from "~/canvas/taxonomy/hotkeys";
import { useRefreshKnown } from "~/components/batch/useRefreshKnown";
import { notifyDone, notifyError } from "~/components/notify";
import { AnswerPanel } from "../AnswerPanel";
import { keyOfCommand } from "../commands";
import { HelpRow } from "../HelpRow";
import { Instructions } from "../Instructions";
import { KeySheet } from "../KeySheet";
import css from "../labelling.module.css";
import { livePort } from "../session/port";
import { loadContent } from "../session/work";
import { makeStage, type Stage } from "../stage";
import { StageView } from "../StageView";
import { KNOWN_COMMANDS } from "./commands";
import type { Drafts } from "./useDrafts";
import { useKnownKeys } from "./useKnownKeys";
import type { useKnownWalk } from "./useKnownWalk";
import type { Entry } from "./walk";

const NOTE_MAX = 2_000;
const WAITING: Stage = { kind: "failed", message: "Getting it…" };

export function KnownTask({
  project,
  batch,
  taxonomy,
  entry,
  walk,
  drafts,
}: {
  project: ProjectDetail;
  batch: Batch;
  taxonomy: Taxonomy;
  entry: Entry;
  walk: ReturnType<typeof useKnownWalk>;
  drafts: Drafts;
}) {
  const { asset, known } = entry;
  // Of the moment that it is opened: afterwards the document itself is what counts.
  const [begun] = useState(() => drafts.of(asset.id));
  const [document] = useState(
    () => new AnswerDocument(begun?.answer ?? known?.response ?? EMPTY_ANSWER),
  );
  const [note, setNote] = useState(begun?.note ?? known?.note ?? "");
  const [problems, setProblems] = useState<Problem[]>([]);
  const [dialog, setDialog] = useState<"none" | "help" | "instructions">("none");
  const [imageFailed, setImageFailed] = useState(false);
  const hotkeys = useMemo(() => taxonomyHotkeys(taxonomy), [taxonomy]);
  const keyOf = useCallback((id: string) => keyOfCommand(id, hotkeys, KNOWN_COMMANDS), [hotkeys]);
  const content = useQuery({
    queryKey: ["known-content", asset.id],
    queryFn: () => loadContent({ asset, project: { media: project.media } }, livePort),
    staleTime: Infinity,
  });
  const work = useMemo(
    () => ({ document, taxonomy, task: { asset } }),
    [document, taxonomy, asset],
  );
  const stage = useMemo<Stage>(() => {
    if (imageFailed) return { kind: "failed", message: "The image could not be loaded" };
    return content.data === undefined ? WAITING : makeStage({ document, taxonomy }, content.data);
  }, [document, taxonomy, content.data, imageFailed]);
  const stageRef = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLElement>(null);
  const noteRef = useRef<HTMLTextAreaElement>(null);
  useEffect(() => stageRef.current?.focus({ preventScroll: true }), [stage]);

  const { set } = drafts;
  useEffect(() => {
    const tell = () => {
      const untouched =
        document.answer === (known?.response ?? EMPTY_ANSWER) && note === (known?.note ?? "");
      set(asset.id, untouched ? undefined : { answer: document.answer, note });
    };
    tell();
    return document.subscribe(tell);
  }, [asset.id, document, known, note, set]);

  const refresh = useRefreshKnown(project.id, batch.id);
  const save = useMutation({
    mutationFn: async () => {
      const answer = document.answer;
      const said = { asset_id: asset.id, response: answer, note: note.trim() };
      const written = await putKnownAnswers(project.id, batch.id, [said]);
      return { written, answer };
    },
    onSuccess: async ({ written, answer }) => {
      const people = { n_people: known?.n_people ?? 0, mean_score: known?.mean_score ?? null };
      walk.put({ asset, response: answer, note: note.trim(), ...people });
      setNote(note.trim());
      set(asset.id, undefined);
      refresh();
      if (known !== null) notifyDone("Saved. Whoever did the task is scored anew.");
      else if (written.missing === 0) notifyDone("Saved. All tasks have a known answer now.");
      else await walk.goToMissing();
    },
    onError: (error) => {
      const told = problemsIn(error);
      setProblems(told);
      if (told.length === 0) notifyError(error, "The answer was not saved");
    },
  });
  const handleSave = () => {
    if (stage.kind === "failed" || save.isPending) return;
    const found = answerProblems(document.answer, taxonomy);
    setProblems(found);
    if (found.length === 0) save.mutate();
  };
  const quick = quickSubmit(taxonomy);
  const run = useKnownKeys({
    work,
    stage,
    stageRef,
    panel,
    hotkeys,
    onEnter: quick === "none" ? null : "save",
    acts: {
      save: handleSave,
      next: () => void walk.go((walk.at ?? 0) + 1),
      previous: () => void walk.go((walk.at ?? 0) - 1),
      missing: () =>
        void walk.goToMissing().then((found) => {
          if (!found) notifyDone("All tasks have a known answer.");
        }),
      note: () => noteRef.current?.focus(),
      help: () => setDialog("help"),
      instructions: () => setDialog("instructions"),
    },
  });
  const faulty = useMemo(() => {
    const { annotations } = document.answer;
    return new Set(problems.map((one) => annotations[annotationOfProblem(one)]?.uuid ?? ""));
  }, [problems, document]);
  return (
    <div className={css.task}>
      <div className={css.centre}>
        <StageView
          stage={stage}
          work={work}
          faulty={faulty}
          keyOf={keyOf}
          stageRef={stageRef}
          onFailed={() => setImageFailed(true)}
          onRetry={() => {
            setImageFailed(false);
            void content.refetch();
          }}
        />
      </div>
      <aside ref={panel} className={css.panel} aria-label="Known answer" data-label-panel>
        <div className={css.scroll}>
          <AnswerPanel
            stage={stage}
            document={document}
            taxonomy={taxonomy}
            hotkeys={hotkeys}
            problems={problems}
          />
          <section className={panelCss.section}>
            <h2 className={panelCss.question}>
              Note <Kbd size="xs">{keyOf("note")}</Kbd>
            </h2>
            <Textarea
              ref={noteRef}
              aria-label="Note"
              description={
                batch.kind === "training"
                  ? "Why it is so: read beside the known answer."
                  : "For managers: gold is never explained."
              }
              autosize
              minRows={2}
              maxRows={8}
              maxLength={NOTE_MAX}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          </section>
        </div>
        <footer className={css.foot}>
          <Button
            fullWidth
            size="sm"
            loading={save.isPending}
            disabled={stage.kind === "failed"}
            onClick={() => run("save")}
            rightSection={<Kbd size="xs">{quick === "none" ? keyOf("save") : "Enter"}</Kbd>}
          >
            {known === null ? "Save" : "Save the change"}
          </Button>
          <Button variant="default" fullWidth onClick={() => run("missing")}>
            Next without an answer <Kbd size="xs">{keyOf("missing")}</Kbd>
          </Button>
          <div className={css.footRow}>
            <Button
              variant="default"
              fullWidth
              disabled={walk.at === 0}
              onClick={() => run("previous")}
            >
              Previous <Kbd size="xs">PgUp</Kbd>
            </Button>
            <Button
              variant="default"
              fullWidth
              disabled={(walk.at ?? 0) + 1 >= walk.total}
              onClick={() => run("next")}
            >
              Next <Kbd size="xs">PgDn</Kbd>
            </Button>
          </div>
          <HelpRow keyOf={keyOf} run={run} />
        </footer>
      </aside>
      <KeySheet
        opened={dialog === "help"}
        onClose={() => setDialog("none")}
        hotkeys={hotkeys}
        taxonomy={taxonomy}
        media={project.media}
        enterSubmits={quick !== "none"}
        commands={KNOWN_COMMANDS}
      />
      <Instructions
        opened={dialog === "instructions"}
        onClose={() => setDialog("none")}
        project={project.name}
        markdown={project.instructions}
      />
    </div>
  );
}

/** What the server finds wrong, at places of the answer: `items[0].response.fields.kind` is its `fields.kind`. */
function problemsIn(error: unknown): Problem[] {
  if (!(error instanceof ApiError) || !Array.isArray(error.details.problems)) return [];
  return (error.details.problems as Problem[]).map(({ path, message }) => ({
    path: path.replace(/^items\[0\]\.(response\.)?/, ""),
    message,
  }));
}
