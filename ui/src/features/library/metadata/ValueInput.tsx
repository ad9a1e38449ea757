/** A metadata value in a box that fits its type. */
import {
  NumberInput,
  SegmentedControl,
  Select,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { retype, TYPES, type ValueDraft, type ValueType } from "./values";

export function ValueInput({
  name,
  draft,
  problem,
  autoFocus = false,
  onChange,
}: {
  /** The field, for the labels. */
  name: string;
  draft: ValueDraft;
  problem: string | null;
  autoFocus?: boolean;
  onChange: (draft: ValueDraft) => void;
}) {
  const label = `Value of ${name === "" ? "the field" : name}`;
  const setText = (text: string) => onChange({ ...draft, text });
  return (
    <div style={{ display: "grid", gridTemplateColumns: "112px minmax(0, 1fr)", gap: 6 }}>
      <Select
        aria-label={`Type of ${name === "" ? "the field" : name}`}
        value={draft.type}
        allowDeselect={false}
        onChange={(type) => onChange(retype(draft, (type ?? "text") as ValueType))}
        data={TYPES}
      />
      {draft.type === "text" && (
        <TextInput
          aria-label={label}
          value={draft.text}
          autoFocus={autoFocus}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {draft.type === "number" && (
        <NumberInput
          aria-label={label}
          value={draft.text}
          autoFocus={autoFocus}
          error={problem}
          onChange={(value) => setText(String(value))}
        />
      )}
      {draft.type === "boolean" && (
        <SegmentedControl
          aria-label={label}
          value={draft.text}
          onChange={setText}
          data={[
            { value: "true", label: "true" },
            { value: "false", label: "false" },
          ]}
        />
      )}
      {draft.type === "list" && (
        <TagsInput
          aria-label={label}
          value={draft.list}
          placeholder="Enter adds one"
          autoFocus={autoFocus}
          onChange={(list) => onChange({ ...draft, list })}
        />
      )}
      {draft.type === "json" && (
        <Textarea
          aria-label={label}
          value={draft.text}
          autosize
          minRows={1}
          maxRows={8}
          autoFocus={autoFocus}
          error={problem}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </div>
  );
}
