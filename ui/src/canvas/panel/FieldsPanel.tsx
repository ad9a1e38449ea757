/** The questions about the whole asset. */
import { useSyncExternalStore } from "react";
import type { Problem, Taxonomy } from "~/api/types";
import { setField } from "../document/answer";
import type { AnswerDocument } from "../document/document";
import { problemsOfField } from "../taxonomy/check";
import { hotkeyOfOption, type HotkeyTarget } from "../taxonomy/hotkeys";
import { optionTitle } from "../taxonomy/titles";
import css from "./panel.module.css";
import { QuestionInput } from "./QuestionInput";

export function FieldsPanel({
  document,
  taxonomy,
  hotkeys,
  problems,
}: {
  document: AnswerDocument;
  taxonomy: Taxonomy;
  hotkeys: ReadonlyMap<string, HotkeyTarget>;
  problems: readonly Problem[];
}) {
  const { answer } = useSyncExternalStore(document.subscribe, document.getState);
  return taxonomy.fields.map((field) => (
    <section key={field.id} className={css.section} data-field={field.id}>
      <h2 className={css.question}>
        {field.title}
        {field.required && <span className={css.required}>required</span>}
      </h2>
      {field.help && <p className={css.help}>{field.help}</p>}
      <QuestionInput
        id={`field-${field.id}`}
        title={field.title}
        type={field.type}
        options={(field.options ?? []).map((option) => ({
          value: option.value,
          title: optionTitle(option),
          hotkey: hotkeyOfOption(hotkeys, field.id, option.value),
        }))}
        required={field.required ?? false}
        min={field.min ?? null}
        max={field.max ?? null}
        value={answer.fields[field.id]}
        problems={problemsOfField(problems, field.id)}
        onChange={(value) =>
          document.apply((old) => setField(old, field.id, value), typingKey(field.id, field.type))
        }
      />
    </section>
  ));
}

/** A text that is typed is one undo step; each choice is one. */
function typingKey(id: string, type: string): string | null {
  return type === "text" || type === "number" ? `field ${id}` : null;
}
