/** The shares of a quota: the same for every value, or a row for each value. */
import { ActionIcon, NumberInput, SegmentedControl, Select, Switch } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { facetsQuery, fieldsQuery } from "~/api/library";
import type { FieldValue, Quota } from "~/api/types";
import { count, countShort, percent, plural } from "~/lib/format";
import { typedValue, valueName, wantedOf, type PickForm } from "./pick";
import css from "./recipe.module.css";

/** Values offered; one that is not among them is typed. */
const OFFERED = 100;
const NONE = "\u0000none";
const keyOf = (value: FieldValue) => (value === null ? NONE : String(value));

export function QuotaRows({
  projectId,
  q,
  form,
  onChange,
}: {
  projectId: string;
  /** Where values are looked for. */
  q: string;
  form: PickForm;
  onChange: (part: Partial<PickForm>) => void;
}) {
  const asked = useQuery({ ...facetsQuery(projectId, q, [form.by], OFFERED), enabled: true });
  const fields = useQuery(fieldsQuery(projectId));
  const field = fields.data?.items.find((entry) => entry.name === form.by);
  const facet = asked.data?.facets.find((entry) => entry.field === form.by);
  const offers: { value: FieldValue; count: number }[] = [
    ...(facet?.values ?? []).map((entry) => ({
      value: typeof entry.value === "string" ? typedValue(entry.value, field) : entry.value,
      count: entry.count,
    })),
    ...(facet !== undefined && facet.missing > 0 ? [{ value: null, count: facet.missing }] : []),
  ];
  const addAll = () => {
    const used = new Set(form.quotas.map((row) => keyOf(row.value)));
    const added = offers
      .filter((offer) => offer.value !== null && !used.has(keyOf(offer.value)))
      .map((offer) => ({ value: offer.value, share: 1 }));
    onChange({ quotas: [...form.quotas, ...added] });
  };
  return (
    <>
      <SegmentedControl
        aria-label="Shares"
        value={form.even ? "even" : "rows"}
        onChange={(value) => {
          onChange({ even: value === "even" });
          if (value === "rows" && form.quotas.length === 0 && offers.length <= 12) addAll();
        }}
        data={[
          { value: "even", label: "The same for every value" },
          { value: "rows", label: "A share for each value" },
        ]}
      />
      {form.even ? (
        <div className={css.hint}>
          {facet === undefined
            ? "Every value of the field gets the same share."
            : facet.more > 0
              ? `More than ${count(facet.values.length)} values here; up to 1,000 can share.`
              : `${plural(facet.values.length, "value")} here, about ${count(Math.round(form.count / Math.max(1, facet.values.length)))} of each.`}
        </div>
      ) : (
        <Rows
          rows={form.quotas}
          total={form.count}
          by={form.by}
          offers={offers}
          onAll={addAll}
          onAdd={(text) =>
            onChange({
              quotas: [
                ...form.quotas,
                { value: text === NONE ? null : typedValue(text, field), share: 1 },
              ],
            })
          }
          onChange={(quotas) => onChange({ quotas })}
        />
      )}
      <Switch
        label="Fill up from the others what a value cannot give"
        checked={form.fill}
        onChange={(event) => onChange({ fill: event.currentTarget.checked })}
      />
    </>
  );
}

function Rows({
  rows,
  total,
  by,
  offers,
  onAll,
  onAdd,
  onChange,
}: {
  rows: Quota[];
  total: number;
  by: string;
  offers: { value: FieldValue; count: number }[];
  onAll: () => void;
  onAdd: (text: string) => void;
  onChange: (rows: Quota[]) => void;
}) {
  const [find, setFind] = useState("");
  const wanted = wantedOf(
    total,
    rows.map((row) => row.share),
  );
  const sum = rows.reduce((all, row) => all + row.share, 0);
  const used = new Set(rows.map((row) => keyOf(row.value)));
  const free = offers.filter((offer) => !used.has(keyOf(offer.value)));
  const typed = find.trim();
  const data = free.map((offer) => ({
    value: keyOf(offer.value),
    label: `${valueName(offer.value, by)} (${countShort(offer.count)})`,
  }));
  const known = offers.some((offer) => keyOf(offer.value).toLowerCase() === typed.toLowerCase());
  if (typed !== "" && !known && !used.has(typed)) {
    data.unshift({ value: typed, label: `Use “${typed}”` });
  }
  return (
    <div className={css.quotas} role="group" aria-label="Shares for each value">
      {rows.length > 0 && (
        <div className={`${css.quota} ${css.quotaHead}`} aria-hidden>
          <span>{by}</span>
          <span>Share</span>
          <span>Comes to</span>
          <span />
        </div>
      )}
      {rows.map((row, i) => (
        <div key={keyOf(row.value)} className={css.quota}>
          <span title={valueName(row.value, by)}>{valueName(row.value, by)}</span>
          <NumberInput
            aria-label={`Share of ${valueName(row.value, by)}`}
            value={row.share}
            min={0.000001}
            decimalScale={6}
            onChange={(value) =>
              onChange(
                rows.map((other, at) =>
                  at === i ? { ...other, share: Number(value) > 0 ? Number(value) : 1 } : other,
                ),
              )
            }
          />
          <span title={percent(row.share, sum)}>{count(wanted[i] ?? 0)}</span>
          <ActionIcon
            aria-label={`Remove ${valueName(row.value, by)}`}
            onClick={() => onChange(rows.filter((_, at) => at !== i))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <div className={css.quotaFoot}>
        <Select
          aria-label="Add a value"
          placeholder="Add a value"
          searchable
          value={null}
          searchValue={find}
          onSearchChange={setFind}
          onChange={(value) => {
            if (value !== null) onAdd(value);
            setFind("");
          }}
          data={data}
          filter={({ options, search }) =>
            options.filter(
              (option) =>
                "value" in option &&
                (option.value === typed ||
                  option.label.toLowerCase().includes(search.trim().toLowerCase())),
            )
          }
          nothingFoundMessage="Type a value"
          maxDropdownHeight={240}
          style={{ flex: 1 }}
        />
        {free.length > 1 && (
          <button type="button" className={css.link} onClick={onAll}>
            Add all {count(free.filter((offer) => offer.value !== null).length)}
          </button>
        )}
      </div>
    </div>
  );
}
