/**
 * One question of the taxonomy as a control: option buttons with their keys, yes and no, a number, a text.
 * The same for fields of an asset and for attributes of an annotation.
 */
import { NumberInput, Textarea } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { AttributeValue, FieldType } from "~/api/types";
import { pickOption } from "../taxonomy/hotkeys";
import css from "./panel.module.css";

export interface QuestionOption {
  readonly value: string;
  readonly title: string;
  readonly hotkey: string | null;
}

export function QuestionInput({
  id,
  title,
  type,
  options,
  required,
  min,
  max,
  value,
  problems,
  compact = false,
  onChange,
}: {
  id: string;
  title: string;
  type: FieldType;
  options: readonly QuestionOption[];
  required: boolean;
  min?: number | null;
  max?: number | null;
  value: AttributeValue | undefined;
  problems: readonly string[];
  compact?: boolean;
  onChange: (value: AttributeValue) => void;
}) {
  const problemId = `${id}-problem`;
  const described = problems.length > 0 ? problemId : undefined;
  const problemText = problems.length > 0 && (
    <div className={css.problem} id={problemId}>
      {problems.join("; ")}
    </div>
  );
  if (type === "number") {
    return (
      <>
        <NumberInput
          aria-label={title}
          aria-describedby={described}
          error={problems.length > 0}
          value={typeof value === "number" ? value : ""}
          {...(min == null ? {} : { min })}
          {...(max == null ? {} : { max })}
          clampBehavior="none"
          onChange={(next) => onChange(typeof next === "number" ? next : null)}
        />
        {problemText}
      </>
    );
  }
  if (type === "text") {
    return (
      <>
        <Textarea
          aria-label={title}
          aria-describedby={described}
          error={problems.length > 0}
          autosize
          minRows={compact ? 1 : 2}
          maxRows={10}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        {problemText}
      </>
    );
  }
  const choices: readonly (QuestionOption & { answer: AttributeValue; chosen: boolean })[] =
    type === "boolean"
      ? [true, false].map((answer) => ({
          value: String(answer),
          title: answer ? "Yes" : "No",
          hotkey: null,
          answer: value === answer && !required ? null : answer,
          chosen: value === answer,
        }))
      : options.map((option) => ({
          ...option,
          answer: pickOption({ type, required, options: [...options] }, value, option.value),
          chosen: Array.isArray(value) ? value.includes(option.value) : value === option.value,
        }));
  return (
    <>
      <div
        className={css.options}
        data-compact={compact || type === "boolean"}
        data-faulty={problems.length > 0}
        role="group"
        aria-label={title}
        aria-describedby={described}
      >
        {choices.map((choice) => (
          <button
            key={choice.value}
            type="button"
            className={css.option}
            data-multiple={type === "multiple"}
            aria-pressed={choice.chosen}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChange(choice.answer)}
          >
            <span className={css.tick} aria-hidden>
              {choice.chosen && <IconCheck size={11} stroke={3.5} />}
            </span>
            <span className={css.optionTitle}>{choice.title}</span>
            {choice.hotkey !== null && <kbd aria-hidden>{choice.hotkey.toUpperCase()}</kbd>}
          </button>
        ))}
      </div>
      {problemText}
    </>
  );
}
