/** After a training task: the score, one's own answer over the known one, and question by question. One key goes on. */
import { Button, Kbd } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Response as Answer, TaskAnswer } from "~/api/types";
import { ShownDocument } from "~/canvas/document/document";
import type { HotkeyTarget } from "~/canvas/taxonomy/hotkeys";
import panel from "~/canvas/panel/panel.module.css";
import { scoreWords } from "~/lib/format";
import { COMMANDS, keyOfCommand, type CommandWords } from "../commands";
import css from "../labelling.module.css";
import { personColor, personName, together, togetherTaxonomy } from "../review/together";
import type { Told } from "../session/session";
import type { Work } from "../session/work";
import { keyOnStage, makeStage, runOnStage } from "../stage";
import { StageView } from "../StageView";
import { useLabelKeys } from "../useLabelKeys";
import { feedbackRows, verdictWords, type FeedbackRow } from "./feedback";
import own from "./training.module.css";

/** Keys so soon after it came by itself were meant for what was there before. */
const MEANT_MS = 600;
const NO_KEYS: ReadonlyMap<string, HotkeyTarget> = new Map();
const NO_FAULTS: ReadonlySet<string> = new Set();
const NO_LABELS = { labels: [], fields: [] };
const LOOKING = ["hide", "opacity.less", "opacity.more", "zoom.in", "zoom.out", "zoom.fit"];
const GO_ON: CommandWords<string> = {
  id: "goOn",
  label: "Go on",
  group: "Task",
  keys: ["mod+Enter"],
  inFields: true,
};
const KEYS: readonly CommandWords<string>[] = [
  GO_ON,
  ...COMMANDS.filter(({ id }) => LOOKING.includes(id)),
];
const keyOf = (id: string) => keyOfCommand(id, NO_KEYS, KEYS);

export function FeedbackView({ told, onGoOn }: { told: Told; onGoOn: () => void }) {
  const { feedback, work } = told;
  const button = useRef<HTMLButtonElement>(null);
  const shownAt = useRef(0);
  useEffect(() => {
    shownAt.current = performance.now();
    button.current?.focus({ preventScroll: true });
  }, []);
  const goOn = () => {
    if (!told.late || performance.now() - shownAt.current >= MEANT_MS) onGoOn();
  };
  const marked = feedback.response.annotations.length + told.yours.annotations.length > 0;
  return (
    <div className={css.task} data-feedback>
      {work ? (
        <Picture told={told} work={work} goOn={goOn} />
      ) : (
        <WithoutPicture name={told.name} goOn={goOn} />
      )}
      <aside className={css.panel} aria-label="How it went" data-label-panel>
        <div className={css.scroll}>
          <section className={panel.section}>
            <h2 className={own.verdict} data-right={feedback.score === 1}>
              {verdictWords(feedback.score)}
            </h2>
            <div className={own.score}>
              Score <b className="num">{scoreWords(feedback.score)}</b>
              <span className={own.track} aria-hidden>
                <i style={{ width: `${feedback.score * 100}%` }} />
              </span>
            </div>
            {work && marked && (
              <div className={own.legend}>
                {answersOf(told).map((answer, index) => (
                  <span key={answer.slot}>
                    <i style={{ background: personColor(index) }} aria-hidden />
                    {personName(answer)}
                  </span>
                ))}
              </div>
            )}
          </section>
          <section className={panel.section}>
            <Rows rows={feedbackRows(told)} />
          </section>
          {feedback.note !== "" && (
            <section className={panel.section}>
              <h3 className={panel.question}>Why</h3>
              <p className={own.note}>{feedback.note}</p>
            </section>
          )}
        </div>
        <footer className={css.foot}>
          <Button
            ref={button}
            fullWidth
            size="sm"
            onClick={goOn}
            onKeyDown={(event) => {
              // Held down since it handed in.
              if (event.repeat) event.preventDefault();
            }}
            rightSection={<Kbd size="xs">Enter</Kbd>}
          >
            Go on
          </Button>
          <p className={own.hint}>A training task: what you answer here is compared, not used.</p>
        </footer>
      </aside>
    </div>
  );
}

function Rows({ rows }: { rows: readonly FeedbackRow[] }) {
  if (rows.length === 0) return <p className={own.hint}>There was nothing to mark or to answer.</p>;
  return (
    <table className={own.rows}>
      <thead>
        <tr>
          <td />
          <th scope="col">Yours</th>
          <th scope="col">Known</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ what, yours, known, same }) => (
          <tr key={what} data-same={same === null ? undefined : same}>
            <th scope="row">
              {same === true && <IconCheck size={14} aria-label="Right" />}
              {same === false && <IconX size={14} aria-label="Not right" />}
              {what}
            </th>
            <td>{yours === "" ? "nothing" : yours}</td>
            <td>{known === "" ? "nothing" : known}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Both answers as the canvas shows several: each in a colour of its own. */
function answersOf({ yours, feedback }: Told): TaskAnswer[] {
  const one = (slot: number, name: string, response: Answer): TaskAnswer => ({
    submission_id: "",
    slot,
    by: { id: "", name },
    at: "",
    seconds: null,
    response,
    taxonomy_version: 0,
  });
  return [one(0, "Known answer", feedback.response), one(1, "Yours", yours)];
}

function Picture({ told, work, goOn }: { told: Told; work: Work; goOn: () => void }) {
  const [failed, setFailed] = useState(false);
  const stageRef = useRef<HTMLDivElement>(null);
  const { document, taxonomy, stage } = useMemo(() => {
    const answers = answersOf(told);
    const shown = new ShownDocument(together(answers));
    return {
      document: shown,
      taxonomy: togetherTaxonomy(work.taxonomy, answers),
      stage: makeStage({ document: shown, taxonomy: NO_LABELS }, work.content),
    };
  }, [told, work]);
  useLabelKeys({
    commands: KEYS,
    hotkeys: NO_KEYS,
    onEnter: "goOn",
    stage: stageRef,
    run: (id) => {
      if (!runOnStage(stage, id) && id === "goOn") goOn();
    },
    pick: () => undefined,
    canvas: (press) => {
      const body = stageRef.current?.firstElementChild;
      return keyOnStage(stage, { document }, body instanceof HTMLElement ? body : null, press);
    },
    canvasUp: (key) => {
      if (stage.kind === "image") stage.editor.keyUp(key);
    },
  });
  return (
    <div className={css.centre}>
      {failed || stage.kind === "failed" ? (
        <div className={css.middle}>“{told.name}” cannot be shown now.</div>
      ) : (
        <StageView
          stage={stage}
          work={{ task: work.task, document, taxonomy }}
          faulty={NO_FAULTS}
          keyOf={keyOf}
          stageRef={stageRef}
          onFailed={() => setFailed(true)}
          onRetry={() => setFailed(false)}
          onSkip={goOn}
        />
      )}
    </div>
  );
}

function WithoutPicture({ name, goOn }: { name: string; goOn: () => void }) {
  const nowhere = useRef<HTMLElement>(null);
  useLabelKeys({
    commands: [GO_ON],
    hotkeys: NO_KEYS,
    onEnter: "goOn",
    stage: nowhere,
    run: goOn,
    pick: () => undefined,
    canvas: () => false,
    canvasUp: () => undefined,
  });
  return (
    <div className={css.centre}>
      <div className={css.middle}>
        <span className={own.hint}>“{name}” was handed in before this page was opened.</span>
      </div>
    </div>
  );
}
