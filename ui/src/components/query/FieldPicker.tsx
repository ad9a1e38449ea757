/** Ticking fields out of up to ten thousand: the chosen ones first, the others found by name. */
import { ActionIcon, Checkbox, Popover, TextInput, Tooltip } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { count } from "~/lib/format";
import css from "./query.module.css";
import { useFieldSearch } from "./useFieldSearch";

export function FieldPicker({
  projectId,
  label,
  icon,
  size,
  chosen,
  first = [],
  max,
  onChange,
}: {
  projectId: string;
  /** What is chosen, such as "Columns". */
  label: string;
  icon: ReactNode;
  size: number;
  chosen: string[];
  /** Names offered before the library's fields. */
  first?: string[];
  /** No more than so many at a time. */
  max: number;
  onChange: (names: string[]) => void;
}) {
  const [find, setFind] = useState("");
  const { listed, more } = useFieldSearch(projectId, find);
  const kinds = new Map(listed.map((field) => [field.name, field.kinds.join(", ")]));
  const text = find.trim().toLowerCase();
  const fits = (name: string) => name.toLowerCase().includes(text);
  const names = [
    ...new Set([
      ...chosen.filter(fits),
      ...first.filter(fits),
      ...listed.map((field) => field.name),
    ]),
  ];
  const full = chosen.length >= max;
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  return (
    <Popover position="bottom-end" width={270} trapFocus onClose={() => setFind("")}>
      <Popover.Target>
        <Tooltip label={label}>
          <ActionIcon variant={size > 24 ? "default" : "subtle"} size={size} aria-label={label}>
            {icon}
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <TextInput
          aria-label="Find a field"
          placeholder="Find a field"
          value={find}
          onChange={(event) => setFind(event.target.value)}
          mb={8}
          data-autofocus
        />
        <div className={css.fieldList}>
          {names.map((name) => (
            <Checkbox
              key={name}
              label={
                <>
                  {name}
                  {kinds.has(name) && <small>{kinds.get(name)}</small>}
                </>
              }
              checked={chosen.includes(name)}
              disabled={full && !chosen.includes(name)}
              onChange={() => toggle(name)}
            />
          ))}
          {names.length === 0 && <small>No field has this in its name.</small>}
        </div>
        {more > 0 && (
          <small className={css.fieldMore}>{count(more)} more: type a part of the name</small>
        )}
        {full && <small className={css.fieldMore}>At most {max} at a time.</small>}
      </Popover.Dropdown>
    </Popover>
  );
}
