/** The name of a metadata field: one that is there, or a new one. */
import { Autocomplete } from "@mantine/core";
import { useFieldSearch } from "~/components/query/useFieldSearch";

export function FieldNameInput({
  projectId,
  value,
  label = "Field",
  error,
  autoFocus = false,
  onChange,
}: {
  projectId: string;
  value: string;
  label?: string;
  error?: string | null;
  autoFocus?: boolean;
  onChange: (name: string) => void;
}) {
  const { listed } = useFieldSearch(projectId, value);
  // What stands in the box is not offered again: a name typed in full leaves nothing to choose, and the list goes.
  const names = listed
    .filter((field) => !field.builtin && field.name !== value.trim())
    .map((field) => field.name);
  return (
    <Autocomplete
      aria-label={label}
      placeholder="Field"
      value={value}
      error={error}
      autoFocus={autoFocus}
      // In a dialog the focus would go to its first button instead.
      data-autofocus={autoFocus || undefined}
      onChange={onChange}
      data={[...new Set(names)]}
      filter={({ options }) => options}
      maxDropdownHeight={176}
      // Upwards: what is filled in next lies below and stays in reach.
      comboboxProps={{ position: "top-start" }}
    />
  );
}
