/** The kinds of question, as one chooses them in the form. */
import type { FieldType } from "~/api/types";

export const TYPES: { value: FieldType; label: string }[] = [
  { value: "single", label: "One choice" },
  { value: "multiple", label: "Several choices" },
  { value: "boolean", label: "Yes or no" },
  { value: "number", label: "Number" },
  { value: "text", label: "Text" },
];

export function isFieldType(value: string | null): value is FieldType {
  return TYPES.some((type) => type.value === value);
}
