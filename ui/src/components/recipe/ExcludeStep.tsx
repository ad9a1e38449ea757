/** "What stays out": the exclusion of a recipe, as a step of a form. */
import { MultiSelect, Select, Switch } from "@mantine/core";
import type { ExcludeScope } from "~/api/types";
import css from "./recipe.module.css";

export type Scope = Exclude<ExcludeScope, "none"> | "chosen";
export type ExcludeForm = {
  exclude: boolean;
  scope: Scope;
  /** Names of batches, for the scope "chosen". */
  chosen: string[];
};

const SCOPES: { value: Scope; label: string }[] = [
  { value: "any", label: "in any batch" },
  { value: "launched", label: "in a launched batch" },
  { value: "production", label: "in a production batch" },
  { value: "submitted", label: "and labelled" },
  { value: "chosen", label: "in the batches chosen here" },
];

/** What a recipe says; null when nothing is left out. */
export function excludeOf(form: ExcludeForm): { batched: ExcludeScope | string[] } | null {
  const scope = form.scope === "chosen" ? form.chosen : form.scope;
  return form.exclude && scope.length > 0 ? { batched: scope } : null;
}

export function ExcludeStep({
  form,
  batchNames,
  onChange,
}: {
  form: ExcludeForm;
  batchNames: string[];
  onChange: (part: Partial<ExcludeForm>) => void;
}) {
  return (
    <fieldset className={css.step}>
      <legend>What stays out</legend>
      <div className={css.rows}>
        <Switch
          label="Leave out what was already included"
          checked={form.exclude}
          onChange={(event) => onChange({ exclude: event.currentTarget.checked })}
        />
        {form.exclude && (
          <div className={css.inline}>
            <Select
              aria-label="Included where"
              value={form.scope}
              allowDeselect={false}
              onChange={(value) => onChange({ scope: (value ?? "any") as Scope })}
              data={SCOPES}
              w={220}
            />
            {form.scope === "chosen" && (
              <MultiSelect
                aria-label="Batches to leave out"
                placeholder={form.chosen.length === 0 ? "Choose batches" : ""}
                searchable
                value={form.chosen}
                onChange={(chosen) => onChange({ chosen })}
                data={batchNames}
                style={{ flex: 1, minWidth: 200 }}
              />
            )}
          </div>
        )}
      </div>
    </fieldset>
  );
}
