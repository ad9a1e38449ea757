/** Choosing one field out of up to ten thousand: typed, listed in part, with what each holds. */
import { Loader, Select } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { count } from "~/lib/format";
import css from "./query.module.css";
import { useFieldSearch } from "./useFieldSearch";

export function FieldSelect({
  projectId,
  value,
  label,
  description,
  accept,
  onChange,
  width = 220,
}: {
  projectId: string;
  /** "" when none is chosen. */
  value: string;
  label: string;
  description?: ReactNode;
  /** Which fields are offered; all when left out. */
  accept?: (name: string) => boolean;
  onChange: (name: string) => void;
  width?: number | string;
}) {
  const [find, setFind] = useState("");
  // What stands in the box is the chosen one: the list is then not narrowed by it.
  const search = useFieldSearch(projectId, find === value ? "" : find);
  const offered = search.listed.filter((field) => accept === undefined || accept(field.name));
  const byName = new Map(offered.map((field) => [field.name, field]));
  const names = offered.map((field) => field.name);
  if (value !== "" && !byName.has(value)) names.unshift(value);
  return (
    <Select
      label={label}
      description={description}
      placeholder="Choose a field"
      searchable
      value={value === "" ? null : value}
      searchValue={find}
      onSearchChange={setFind}
      onChange={(name) => onChange(name ?? "")}
      allowDeselect={false}
      data={names}
      filter={({ options }) => options}
      maxDropdownHeight={300}
      w={width}
      comboboxProps={{ width: 320, position: "bottom-start" }}
      rightSection={search.searching ? <Loader size={12} /> : undefined}
      nothingFoundMessage={search.searching ? "Looking…" : "No field has this in its name"}
      renderOption={({ option }) => {
        const field = byName.get(option.value);
        return (
          <span className={css.fieldOption}>
            <span>{option.value}</span>
            {field !== undefined && (
              <small>
                {field.kinds.join(", ")}
                {field.n_distinct !== null && ` · ${count(field.n_distinct)} values`}
              </small>
            )}
          </span>
        );
      }}
    />
  );
}
