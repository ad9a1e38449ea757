/** One label in the form: colour, title, name, key, tools, attributes. */
import { Button, Checkbox, Chip, Select, TagsInput, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Media, Problem, TaxonomyAttribute, TaxonomyLabel, Tool } from "~/api/types";
import { moved, nameFor, withType } from "./edits";
import { HotkeyInput } from "./HotkeyInput";
import { hasOptions, messagesAt, toolsFor } from "./problems";
import { RowTools } from "./RowTools";
import css from "./taxonomy.module.css";
import { isFieldType, TYPES } from "./types";

export function LabelCard({
  label,
  index,
  count,
  media,
  problems,
  fresh,
  onChange,
  onMove,
  onDelete,
}: {
  label: TaxonomyLabel;
  index: number;
  count: number;
  media: Media;
  problems: readonly Problem[];
  /** Not saved yet: its name still follows its title. */
  fresh: boolean;
  onChange: (label: TaxonomyLabel) => void;
  onMove: (to: number) => void;
  onDelete: () => void;
}) {
  const at = `labels[${index}]`;
  const tools = toolsFor(media);
  const toolProblem = messagesAt(
    problems,
    `${at}.tools`,
    ...label.tools.map((_, t) => `${at}.tools[${t}]`),
  );
  const setTool = (tool: Tool, on: boolean) =>
    onChange({
      ...label,
      tools: tools.filter((other) => (other === tool ? on : label.tools.includes(other))),
    });
  return (
    <li className={css.card}>
      <div className={css.labelRow}>
        <input
          type="color"
          className={css.color}
          aria-label={`Colour of ${label.title || label.name}`}
          value={label.color}
          onChange={(event) => onChange({ ...label, color: event.currentTarget.value })}
        />
        <TextInput
          label="Title"
          value={label.title ?? ""}
          onChange={(event) => {
            const title = event.currentTarget.value;
            const follows = fresh && label.name === nameFor(label.title ?? "", [], label.name);
            onChange({
              ...label,
              title,
              name: follows ? nameFor(title, [], label.name) : label.name,
            });
          }}
        />
        <TextInput
          label="Name in answers"
          classNames={{ input: css.mono ?? "" }}
          error={messagesAt(problems, `${at}.name`)}
          value={label.name}
          onChange={(event) => onChange({ ...label, name: event.currentTarget.value })}
        />
        <HotkeyInput
          value={label.hotkey ?? ""}
          error={messagesAt(problems, `${at}.hotkey`)}
          onChange={(hotkey) => onChange({ ...label, hotkey })}
        />
        <RowTools
          what={label.title || label.name}
          index={index}
          count={count}
          onMove={onMove}
          onDelete={onDelete}
        />
      </div>
      <div className={css.labelMore}>
        {tools.length > 1 && (
          <span className={css.chips}>
            {tools.map((tool) => (
              <Chip
                key={tool}
                size="xs"
                checked={label.tools.includes(tool)}
                onChange={(on) => setTool(tool, on)}
              >
                {tool === "box" ? "Box" : "Polygon"}
              </Chip>
            ))}
          </span>
        )}
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() =>
            onChange({ ...label, attributes: [...label.attributes, newAttribute(label)] })
          }
        >
          Attribute
        </Button>
        {toolProblem && <span className={css.problem}>{toolProblem}</span>}
      </div>
      {label.attributes.length > 0 && (
        <ul className={css.sub}>
          {label.attributes.map((attribute, a) => (
            <AttributeRow
              key={a}
              attribute={attribute}
              at={`${at}.attributes[${a}]`}
              index={a}
              count={label.attributes.length}
              problems={problems}
              onChange={(next) =>
                onChange({ ...label, attributes: label.attributes.with(a, next) })
              }
              onMove={(to) => onChange({ ...label, attributes: moved(label.attributes, a, to) })}
              onDelete={() => onChange({ ...label, attributes: label.attributes.toSpliced(a, 1) })}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

function newAttribute(label: TaxonomyLabel): TaxonomyAttribute {
  const names = label.attributes.map(({ name }) => name);
  const name = nameFor(`attribute ${names.length + 1}`, names, "attribute");
  return { name, title: `Attribute ${names.length + 1}`, type: "boolean", required: false };
}

function AttributeRow({
  attribute,
  at,
  index,
  count,
  problems,
  onChange,
  onMove,
  onDelete,
}: {
  attribute: TaxonomyAttribute;
  at: string;
  index: number;
  count: number;
  problems: readonly Problem[];
  onChange: (attribute: TaxonomyAttribute) => void;
  onMove: (to: number) => void;
  onDelete: () => void;
}) {
  const options = attribute.options ?? [];
  return (
    <li className={css.subRow}>
      <div className={css.attributeRow}>
        <TextInput
          aria-label="Title of the attribute"
          placeholder="Title"
          value={attribute.title ?? ""}
          onChange={(event) => onChange({ ...attribute, title: event.currentTarget.value })}
        />
        <TextInput
          aria-label="Name of the attribute in answers"
          classNames={{ input: css.mono ?? "" }}
          error={messagesAt(problems, `${at}.name`)}
          value={attribute.name}
          onChange={(event) => onChange({ ...attribute, name: event.currentTarget.value })}
        />
        <Select
          aria-label="Type of the attribute"
          data={TYPES}
          allowDeselect={false}
          value={attribute.type}
          onChange={(type) => {
            if (isFieldType(type)) onChange(withType(attribute, type));
          }}
        />
        <Checkbox
          label="required"
          checked={attribute.required ?? false}
          onChange={(event) => onChange({ ...attribute, required: event.currentTarget.checked })}
        />
        <RowTools
          what={attribute.title || attribute.name}
          index={index}
          count={count}
          onMove={onMove}
          onDelete={onDelete}
        />
      </div>
      {hasOptions(attribute.type) && (
        <TagsInput
          size="xs"
          aria-label="Options of the attribute"
          placeholder={options.length === 0 ? "Options: type one, then Enter" : ""}
          error={messagesAt(
            problems,
            `${at}.options`,
            ...options.map((_, o) => `${at}.options[${o}]`),
          )}
          value={options}
          onChange={(next) => onChange({ ...attribute, options: next })}
        />
      )}
    </li>
  );
}
