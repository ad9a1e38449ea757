/** The sidebar of facets: how the found assets spread over the fields; a click narrows or widens. */
import { ActionIcon, Checkbox, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconListCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { facetsQuery, parseQuery } from "~/api/library";
import type { Facet, Field } from "~/api/types";
import { count, countShort, percent } from "~/lib/format";
import { addTerm, cutSpan, findTerm, quote } from "~/lib/queryText";
import { asTexts, useStored } from "~/lib/useStored";
import { defaultFacets } from "~/components/query/defaultFacets";
import { FacetHistogram } from "./FacetHistogram";
import css from "./library.module.css";

export function FacetsPanel({
  projectId,
  q,
  fields,
  onRun,
}: {
  projectId: string;
  q: string;
  fields: Field[];
  onRun: (q: string) => void;
}) {
  const [chosen, setChosen] = useStored<string[] | null>(
    `sheaf:facets:${projectId}`,
    null,
    asTexts,
  );
  const [closed, setClosed] = useState<string[]>([]);
  const known = new Set(fields.map((field) => field.name));
  const shown = (chosen ?? defaultFacets(fields)).filter((name) => known.has(name));
  const facets = useQuery(facetsQuery(projectId, q, shown));
  const chips = useQuery({ ...parseQuery(projectId, q), enabled: q !== "" }).data?.chips ?? [];

  const handleTerm = (term: string) => {
    const chip = findTerm(q === "" ? [] : chips, term);
    onRun(chip === null ? addTerm(q, term) : cutSpan(q, chip.span));
  };
  const handleRange = (field: string, term: string) => {
    // A new range of the same field takes the place of the old one.
    const old = q === "" ? [] : chips.filter((chip) => isAbout(chip.text, field));
    const rest = old.toReversed().reduce((text, chip) => cutSpan(text, chip.span), q);
    const same = old.map((chip) => chip.text).join(" ") === term;
    onRun(same ? rest : addTerm(rest, term));
  };
  return (
    <aside className={css.facets} aria-label="Facets">
      <div className={css.facetsHead}>
        Facets
        <FieldChooser fields={fields} shown={shown} onChange={setChosen} />
      </div>
      {shown.map((name) => {
        const facet = facets.data?.facets.find((entry) => entry.field === name);
        const open = !closed.includes(name);
        return (
          <div key={name} className={css.facet}>
            <button
              type="button"
              className={css.facetName}
              aria-expanded={open}
              onClick={() =>
                setClosed(open ? [...closed, name] : closed.filter((other) => other !== name))
              }
            >
              {open ? <IconChevronDown size={13} /> : <IconChevronRight size={13} />}
              <span>{name}</span>
            </button>
            {open && facet !== undefined && (
              <FacetBody
                facet={facet}
                isOn={(term) => q !== "" && findTerm(chips, term) !== null}
                onTerm={handleTerm}
                onRange={(term) => handleRange(name, term)}
              />
            )}
          </div>
        );
      })}
      {fields.length > 0 && shown.length === 0 && (
        <div className={css.more}>No facets chosen. Choose fields above.</div>
      )}
    </aside>
  );
}

/** Whether a term says something about this field, such as `hour<6`. */
function isAbout(term: string, field: string): boolean {
  const text = term.replace(/^[-(]+/, "");
  return [field, quote(field)].some(
    (name) => text.startsWith(name) && /^(:|[<>]=?|=)/.test(text.slice(name.length)),
  );
}

function FacetBody({
  facet,
  isOn,
  onTerm,
  onRange,
}: {
  facet: Facet;
  isOn: (term: string) => boolean;
  onTerm: (term: string) => void;
  onRange: (term: string) => void;
}) {
  if (facet.histogram !== null && facet.histogram.buckets.length > 1) {
    return (
      <FacetHistogram
        field={facet.field}
        histogram={facet.histogram}
        isOn={isOn}
        onRange={onRange}
      />
    );
  }
  const most = Math.max(1, ...facet.values.map((value) => value.count));
  return (
    <>
      {facet.values.map((value) => (
        <button
          key={value.query}
          type="button"
          className={css.value}
          aria-pressed={isOn(value.query)}
          title={`${String(value.value)}: ${count(value.count)} (${percent(value.count, facet.count + facet.missing)})`}
          onClick={() => onTerm(value.query)}
        >
          <i style={{ width: `${(value.count / most) * 100}%` }} />
          <span>{value.value === "" ? "(empty)" : String(value.value)}</span>
          <span>{countShort(value.count)}</span>
        </button>
      ))}
      {facet.missing > 0 && (
        <button
          type="button"
          className={css.value}
          aria-pressed={isOn(`-${facet.field}:*`)}
          onClick={() => onTerm(`-${facet.field}:*`)}
        >
          <span style={{ color: "var(--sheaf-dim)" }}>has no {facet.field}</span>
          <span>{countShort(facet.missing)}</span>
        </button>
      )}
      {facet.more > 0 && (
        <div className={css.more}>
          {facet.values.length === 0
            ? "Too many different values to list"
            : `${count(facet.more)} in other values`}
        </div>
      )}
      {facet.values.length === 0 && facet.more === 0 && facet.missing === 0 && (
        <div className={css.more}>Nothing</div>
      )}
    </>
  );
}

function FieldChooser({
  fields,
  shown,
  onChange,
}: {
  fields: Field[];
  shown: string[];
  onChange: (names: string[]) => void;
}) {
  const [find, setFind] = useState("");
  const listed = fields.filter((field) => field.name.toLowerCase().includes(find.toLowerCase()));
  return (
    <Popover position="bottom-start" width={240} trapFocus>
      <Popover.Target>
        <Tooltip label="Choose fields">
          <ActionIcon size="sm" aria-label="Choose the fields of the facets">
            <IconListCheck size={15} />
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
        />
        <div style={{ display: "grid", gap: 7, maxHeight: 320, overflowY: "auto" }}>
          {listed.map((field) => (
            <Checkbox
              key={field.name}
              label={`${field.name} (${field.kinds.join(", ")})`}
              checked={shown.includes(field.name)}
              onChange={() =>
                onChange(
                  shown.includes(field.name)
                    ? shown.filter((name) => name !== field.name)
                    : [...shown, field.name],
                )
              }
            />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
