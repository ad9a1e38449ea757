/** One question about the whole asset in the form: title, id, type, options, limits. */
import { Button, Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Problem, TaxonomyField, TaxonomyOption } from "~/api/types";
import { moved, nameFor, withType } from "./edits";
import { HotkeyInput } from "./HotkeyInput";
import { hasOptions, messagesAt } from "./problems";
import { RowTools } from "./RowTools";
import css from "./taxonomy.module.css";
import { isFieldType, TYPES } from "./types";

export function FieldCard({
  field,
  index,
  count,
  problems,
  fresh,
  onChange,
  onMove,
  onDelete,
}: {
  field: TaxonomyField;
  index: number;
  count: number;
  problems: readonly Problem[];
  fresh: boolean;
  onChange: (field: TaxonomyField) => void;
  onMove: (to: number) => void;
  onDelete: () => void;
}) {
  const at = `fields[${index}]`;
  const options = field.options ?? [];
  const setOptions = (next: TaxonomyOption[]) => onChange({ ...field, options: next });
  return (
    <li className={css.card}>
      <div className={css.fieldRow}>
        <TextInput
          label="Question"
          value={field.title}
          error={messagesAt(problems, `${at}.title`)}
          onChange={(event) => {
            const title = event.currentTarget.value;
            const follows = fresh && field.id === nameFor(field.title, [], field.id);
            onChange({ ...field, title, id: follows ? nameFor(title, [], field.id) : field.id });
          }}
        />
        <TextInput
          label="Name in answers"
          classNames={{ input: css.mono ?? "" }}
          error={messagesAt(problems, `${at}.id`)}
          value={field.id}
          onChange={(event) => onChange({ ...field, id: event.currentTarget.value })}
        />
        <Select
          label="Answer"
          data={TYPES}
          allowDeselect={false}
          value={field.type}
          onChange={(type) => {
            if (isFieldType(type)) onChange(withType(field, type));
          }}
        />
        <RowTools
          what={field.title || field.id}
          index={index}
          count={count}
          onMove={onMove}
          onDelete={onDelete}
        />
      </div>
      <div className={css.fieldMore}>
        <TextInput
          aria-label="Help for annotators"
          placeholder="Help for annotators (optional)"
          value={field.help ?? ""}
          onChange={(event) => onChange({ ...field, help: event.currentTarget.value })}
        />
        {(field.type === "number" || field.type === "text") && (
          <>
            <Limit
              what={field.type === "number" ? "Smallest" : "Fewest characters"}
              value={field.min}
              error={messagesAt(problems, `${at}.min`)}
              onChange={(min) => onChange({ ...field, min })}
            />
            <Limit
              what={field.type === "number" ? "Largest" : "Most characters"}
              value={field.max}
              error={messagesAt(problems, `${at}.max`)}
              onChange={(max) => onChange({ ...field, max })}
            />
          </>
        )}
        <Checkbox
          label="required"
          checked={field.required ?? false}
          onChange={(event) => onChange({ ...field, required: event.currentTarget.checked })}
        />
      </div>
      {hasOptions(field.type) && (
        <ul className={css.sub}>
          {options.map((option, o) => (
            <li key={o} className={css.optionRow}>
              <TextInput
                aria-label={`Title of option ${o + 1}`}
                placeholder="Title"
                value={option.title ?? ""}
                onChange={(event) => {
                  const title = event.currentTarget.value;
                  const follows = fresh || option.value === "" || option.value === option.title;
                  const same =
                    follows && option.value === nameFor(option.title ?? "", [], option.value);
                  const value = same || option.value === "" ? nameFor(title, [], "") : option.value;
                  setOptions(options.with(o, { ...option, title, value }));
                }}
              />
              <TextInput
                aria-label={`Value of option ${o + 1} in answers`}
                classNames={{ input: css.mono ?? "" }}
                error={messagesAt(problems, `${at}.options[${o}]`)}
                value={option.value}
                onChange={(event) =>
                  setOptions(options.with(o, { ...option, value: event.currentTarget.value }))
                }
              />
              <HotkeyInput
                bare
                label={`Key of option ${o + 1}`}
                value={option.hotkey ?? ""}
                error={messagesAt(problems, `${at}.options[${o}].hotkey`)}
                onChange={(hotkey) => setOptions(options.with(o, { ...option, hotkey }))}
              />
              <RowTools
                what={`option ${option.title || option.value}`}
                index={o}
                count={options.length}
                onMove={(to) => setOptions(moved(options, o, to))}
                onDelete={() => setOptions(options.toSpliced(o, 1))}
              />
            </li>
          ))}
          <li className={css.addOption}>
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconPlus size={13} />}
              onClick={() => setOptions([...options, newOption(options)])}
            >
              Option
            </Button>
            <span className={css.problem}>{messagesAt(problems, `${at}.options`)}</span>
          </li>
        </ul>
      )}
    </li>
  );
}

function newOption(options: readonly TaxonomyOption[]): TaxonomyOption {
  const taken = options.map(({ value }) => value);
  const n = options.length + 1;
  return { value: nameFor(`option ${n}`, taken, "option"), title: `Option ${n}` };
}

function Limit({
  what,
  value,
  error,
  onChange,
}: {
  what: string;
  value: number | null | undefined;
  error: string | null;
  onChange: (value: number | null) => void;
}) {
  return (
    <NumberInput
      aria-label={what}
      placeholder={what}
      w={130}
      value={value ?? ""}
      error={error}
      onChange={(next) => onChange(typeof next === "number" ? next : null)}
    />
  );
}
