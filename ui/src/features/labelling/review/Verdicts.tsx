/** The foot of a review: accept, send back with a note, fix. */
import { Button, Checkbox, Kbd, Textarea } from "@mantine/core";
import { IconCloudOff } from "@tabler/icons-react";
import { useState, type KeyboardEvent } from "react";
import type { TaskAnswer } from "~/api/types";
import { HelpRow } from "../HelpRow";
import css from "../labelling.module.css";
import type { ReviewCommandId } from "./commands";
import review from "./review.module.css";
import type { Shown } from "./ReviewView";
import { MERGED_SLOT, personColor, personName } from "./together";

const NOTE_MAX = 2000;

export function Verdicts({
  answers,
  choices,
  shown,
  noting,
  busy,
  offline,
  canFix,
  keyOf,
  run,
  onSendBack,
  onLeaveNote,
}: {
  answers: readonly TaskAnswer[];
  /** The answers and the merged one. */
  choices: readonly TaskAnswer[];
  shown: Shown;
  /** The note of a rejection is being written. */
  noting: boolean;
  busy: boolean;
  offline: boolean;
  canFix: boolean;
  keyOf: (command: string) => string;
  run: (id: ReviewCommandId) => void;
  onSendBack: (note: string, slots: number[]) => void;
  onLeaveNote: () => void;
}) {
  const several = answers.length > 1;
  // Of all together the merged answer is where a fix starts.
  const chosen = choices[shown === "together" ? (several ? answers.length : 0) : shown];
  const merged = chosen?.slot === MERGED_SLOT;
  if (noting) {
    return (
      <Note
        answers={answers}
        first={shown === "together" || merged ? null : (chosen?.slot ?? null)}
        busy={busy}
        onSendBack={onSendBack}
        onLeave={onLeaveNote}
      />
    );
  }
  return (
    <footer className={css.foot}>
      {offline && (
        <p className={css.offline}>
          <IconCloudOff size={16} aria-hidden />
          <span>No connection. Verdicts are kept in this browser until the server is back.</span>
        </p>
      )}
      <Button
        fullWidth
        size="sm"
        loading={busy}
        onClick={() => run("accept")}
        rightSection={<Kbd size="xs">Enter</Kbd>}
      >
        {several ? `Accept all ${answers.length}` : "Accept"}
      </Button>
      <div className={css.footRow}>
        <Button variant="default" fullWidth disabled={busy} onClick={() => run("sendBack")}>
          Send back <Kbd size="xs">{keyOf("sendBack")}</Kbd>
        </Button>
        <Button
          variant="default"
          fullWidth
          disabled={busy || !canFix || !chosen}
          onClick={() => run("fix")}
        >
          {merged ? "Fix merged" : "Fix"} <Kbd size="xs">{keyOf("fix")}</Kbd>
        </Button>
      </div>
      {several && shown === "together" && (
        <p className={review.hint}>
          To fix one, choose it first: 1 to {Math.min(9, answers.length)}.
        </p>
      )}
      <div className={css.footRow}>
        <Button variant="subtle" color="gray" fullWidth onClick={() => run("skip")}>
          Skip <Kbd size="xs">{keyOf("skip")}</Kbd>
        </Button>
        <Button variant="subtle" color="gray" fullWidth onClick={() => run("release")}>
          Give back <Kbd size="xs">{keyOf("release")}</Kbd>
        </Button>
      </div>
      <HelpRow keyOf={keyOf} run={run} />
    </footer>
  );
}

function Note({
  answers,
  first,
  busy,
  onSendBack,
  onLeave,
}: {
  answers: readonly TaskAnswer[];
  /** The slot on the screen; null when all are. */
  first: number | null;
  busy: boolean;
  onSendBack: (note: string, slots: number[]) => void;
  onLeave: () => void;
}) {
  const [note, setNote] = useState("");
  const [slots, setSlots] = useState<readonly number[]>(() =>
    first === null ? answers.map(({ slot }) => slot) : [first],
  );
  const ready = note.trim() !== "" && slots.length > 0 && !busy;
  const send = () => {
    // None means all, also those that are handed in again meanwhile.
    if (ready) onSendBack(note, slots.length === answers.length ? [] : [...slots]);
  };
  const handleKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };
  return (
    <footer className={css.foot} onKeyDown={handleKey}>
      <Textarea
        label="What is to be done differently?"
        description="The annotator reads this over their answer."
        autosize
        minRows={3}
        maxRows={8}
        maxLength={NOTE_MAX}
        autoFocus
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {answers.length > 1 && (
        <fieldset className={review.slots}>
          <legend>Whose answer</legend>
          {answers.map((answer, index) => (
            <Checkbox
              key={answer.slot}
              checked={slots.includes(answer.slot)}
              onChange={(event) => {
                const on = event.currentTarget.checked;
                setSlots((old) =>
                  on ? [...old, answer.slot] : old.filter((slot) => slot !== answer.slot),
                );
              }}
              label={
                <span className={review.who}>
                  <i
                    className={review.dot}
                    style={{ background: personColor(index) }}
                    aria-hidden
                  />
                  {personName(answer)}
                </span>
              }
            />
          ))}
        </fieldset>
      )}
      <Button
        fullWidth
        size="sm"
        disabled={!ready}
        loading={busy}
        onClick={send}
        rightSection={<Kbd size="xs">Ctrl+Enter</Kbd>}
      >
        Send back
      </Button>
      <Button variant="default" fullWidth onClick={onLeave}>
        No, look again <Kbd size="xs">Esc</Kbd>
      </Button>
    </footer>
  );
}
