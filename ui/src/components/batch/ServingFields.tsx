/** Whom a batch is open to, the order of its tasks, when it is due. In every form that makes or changes a batch. */
import { MultiSelect, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { groupsQuery } from "~/api/order";
import { prelabelSourcesQuery } from "~/api/prelabels";
import { membersQuery } from "~/api/projects";
import type { Ref } from "~/api/types";
import { FieldSelect } from "~/components/query/FieldSelect";
import { plural } from "~/lib/format";
import css from "./judging.module.css";
import { servingLack, type OrderKind, type ServedForm, type ServingForm } from "./serving";

const ORDERS: { value: OrderKind; label: string }[] = [
  { value: "upload", label: "In upload order" },
  { value: "shuffled", label: "Shuffled" },
  { value: "field", label: "By a field" },
];
const ORDER_HINTS: Record<OrderKind, string> = {
  upload: "First uploaded, first served.",
  shuffled: "In an order decided by a seed, which is kept with the batch.",
  field: "By its values at the launch; what has no value comes last.",
};
/** Fields that say something about labelling, and have no order at the launch. */
const NOT_BY = new Set(["id", "batch", "is", "status", "label", "annotator", "labelled"]);

/** The same, due at a time, and with what its annotators begin. */
export function ServingFields({
  value,
  begins = true,
  onChange,
  ...rest
}: {
  projectId: string;
  value: ServingForm;
  launched?: boolean;
  /** Whether a batch of this kind may show pre-labels. */
  begins?: boolean;
  named?: Ref[];
  onChange: (part: Partial<ServingForm>) => void;
}) {
  const due = (
    <TextInput
      type="datetime-local"
      label="Due"
      description="Shown to managers; changes nothing about what is served."
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={value.due}
      max="9999-12-31T23:59"
      onChange={(event) => onChange({ due: event.currentTarget.value })}
    />
  );
  return (
    <>
      <ServedFields {...rest} value={value} due={due} onChange={onChange} />
      {begins && rest.launched !== true && (
        <PrelabelsField
          projectId={rest.projectId}
          source={value.prelabels}
          onChange={(prelabels) => onChange({ prelabels })}
        />
      )}
    </>
  );
}

/** Whose pre-labels are shown; nothing where the project has none. */
export function PrelabelsField({
  projectId,
  source,
  onChange,
}: {
  projectId: string;
  source: string;
  onChange: (source: string) => void;
}) {
  const items = useQuery(prelabelSourcesQuery(projectId)).data?.items ?? [];
  const named = items.map(({ source: name, n_assets }) => ({
    value: name,
    label: `${name} (${plural(n_assets, "asset")})`,
  }));
  if (source !== "" && !items.some((item) => item.source === source)) {
    named.push({ value: source, label: `${source} (nothing there yet)` });
  }
  if (named.length === 0) return null;
  return (
    <Select
      label="Pre-labels shown"
      description={
        source === ""
          ? "Its annotators begin with nothing."
          : "Its annotators begin with what this model or tool says, and correct it."
      }
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder="None"
      clearable
      value={source === "" ? null : source}
      onChange={(next) => onChange(next ?? "")}
      data={named}
    />
  );
}

/** Whom it is open to, the order of its tasks, and a field for when it is due. */
export function ServedFields({
  projectId,
  value,
  launched = false,
  named = [],
  due,
  onChange,
}: {
  projectId: string;
  value: ServedForm;
  /** The order is fixed with the launch. */
  launched?: boolean;
  /** Whom it is open to now: somebody who has left the project is named by it alone. */
  named?: Ref[];
  /** The field that says when it is due. */
  due: ReactNode;
  onChange: (part: Partial<ServedForm>) => void;
}) {
  const groups = useQuery(groupsQuery(projectId));
  const members = useQuery(membersQuery(projectId));
  const data = [
    {
      group: "Groups",
      items: (groups.data?.items ?? []).map(({ id, name, people }) => ({
        value: id,
        label: `${name} (${plural(people.length, "person", "people")})`,
      })),
    },
    {
      group: "People",
      items: (members.data?.items ?? []).map(({ user }) => ({ value: user.id, label: user.name })),
    },
  ].filter(({ items }) => items.length > 0);
  const known = new Set(data.flatMap(({ items }) => items.map((item) => item.value)));
  const gone = named.filter(({ id }) => !known.has(id));
  if (gone.length > 0) {
    data.push({
      group: "Not in the project any more",
      items: gone.map(({ id, name }) => ({ value: id, label: name })),
    });
  }
  const lack = servingLack(value);
  return (
    <>
      <MultiSelect
        label="Open to"
        description={
          value.openTo.length === 0
            ? "Everybody with the role for it."
            : "Only these, and of them those with the role for it."
        }
        inputWrapperOrder={["label", "input", "description", "error"]}
        placeholder={value.openTo.length === 0 ? "Everybody" : undefined}
        searchable
        clearable
        value={value.openTo}
        onChange={(openTo) => onChange({ openTo })}
        data={data}
        maxDropdownHeight={260}
        nothingFoundMessage="No group and nobody of this name"
      />
      <div className={css.fields}>
        {!launched && (
          <Select
            label="Order of its tasks"
            description={lack ?? ORDER_HINTS[value.orderKind]}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={value.orderKind}
            allowDeselect={false}
            onChange={(kind) =>
              onChange({
                orderKind: ORDERS.find((order) => order.value === kind)?.value ?? "upload",
              })
            }
            data={ORDERS}
          />
        )}
        {due}
      </div>
      {!launched && value.orderKind === "field" && (
        <div style={{ display: "flex", gap: 10, alignItems: "flex-end", flexWrap: "wrap" }}>
          <FieldSelect
            projectId={projectId}
            label="Ordered by the field"
            value={value.orderBy}
            accept={(name) => !NOT_BY.has(name)}
            onChange={(orderBy) => onChange({ orderBy })}
            width={190}
          />
          <SegmentedControl
            aria-label="Which end first"
            value={value.descending ? "desc" : "asc"}
            onChange={(end) => onChange({ descending: end === "desc" })}
            data={[
              { value: "asc", label: "Least first" },
              { value: "desc", label: "Greatest first" },
            ]}
          />
        </div>
      )}
    </>
  );
}
