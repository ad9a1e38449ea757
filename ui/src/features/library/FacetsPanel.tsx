/** The sidebar of facets: how the found assets spread over the fields; a click narrows or widens. */
import { ActionIcon, Button, Loader, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconListCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "~/api/http";
import { facetsQuery, fieldsQuery, parseQuery } from "~/api/library";
import type { Chip, Facet, Field } from "~/api/types";
import { defaultFacets } from "~/components/query/defaultFacets";
import { FieldPicker } from "~/components/query/FieldPicker";
import { count, countShort, percent } from "~/lib/format";
import { addTerm, cutSpan, findTerm, quote } from "~/lib/queryText";
import { asTexts, useStored } from "~/lib/useStored";
import { FacetHistogram } from "./FacetHistogram";
import { isAbout, rangeOf } from "./facetTerms";
import css from "./library.module.css";

/** Facets at a time: each costs a walk over what the query finds. */
const SHOWN_MAX = 24;

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
  const total = useQuery(fieldsQuery(projectId)).data?.total ?? 0;
  const known = new Set(fields.map((field) => field.name));
  // Of more fields than are described here, one that was chosen may be among the others.
  const all = total > fields.length;
  const shown = (chosen ?? defaultFacets(fields))
    .filter((name) => all || known.has(name))
    .slice(0, SHOWN_MAX);
  const asked = shown.filter((name) => !closed.includes(name));
  const facets = useQuery(facetsQuery(projectId, q, asked));
  const parsed = useQuery({ ...parseQuery(projectId, q), enabled: q !== "" }).data;
  const chips = q === "" ? [] : (parsed?.chips ?? []);

  const handleTerm = (term: string) => {
    const chip = findTerm(chips, term);
    onRun(chip === null ? addTerm(q, term) : cutSpan(q, chip.span));
  };
  const without = (about: Chip[]) =>
    about.toReversed().reduce((text, chip) => cutSpan(text, chip.span), q);
  const handleRange = (field: string, term: string | null) => {
    // A new range of the same field takes the place of the old one.
    const old = chips.filter((chip) => rangeOf([chip], field) !== null);
    const same = term === null || old.map((chip) => chip.text).join(" ") === term;
    onRun(same ? without(old) : addTerm(without(old), term));
  };
  const broken =
    facets.error !== null &&
    !(facets.error instanceof ApiError && facets.error.code === "bad_query");
  return (
    <aside className={css.facets} aria-label="Facets" aria-busy={facets.isFetching}>
      <div className={css.facetsHead}>
        Facets
        <span style={{ flex: 1 }} />
        {facets.isFetching && <Loader size={11} aria-hidden mr={6} />}
        <FieldPicker
          projectId={projectId}
          label="Choose the fields of the facets"
          size={22}
          icon={<IconListCheck size={15} />}
          chosen={shown}
          max={SHOWN_MAX}
          onChange={setChosen}
        />
      </div>
      {broken && (
        <div className={css.more} role="alert">
          {facets.error instanceof Error ? facets.error.message : "They could not be computed"}
          <div style={{ display: "flex", gap: 6, marginTop: 6 }}>
            <Button variant="default" size="compact-xs" onClick={() => void facets.refetch()}>
              Try again
            </Button>
            {chosen !== null && (
              <Button variant="default" size="compact-xs" onClick={() => setChosen(null)}>
                The usual fields
              </Button>
            )}
          </div>
        </div>
      )}
      {shown.map((name) => {
        const facet = facets.data?.facets.find((entry) => entry.field === name);
        const open = !closed.includes(name);
        return (
          <div key={name} className={css.facet}>
            <div className={css.facetHead}>
              <button
                type="button"
                className={css.facetName}
                aria-expanded={open}
                onClick={() =>
                  setClosed(open ? [...closed, name] : closed.filter((other) => other !== name))
                }
              >
                {open ? <IconChevronDown size={13} /> : <IconChevronRight size={13} />}
                <span title={name}>{name}</span>
              </button>
              <Tooltip label="Hide this facet">
                <ActionIcon
                  size="xs"
                  className={css.facetHide}
                  aria-label={`Hide ${name}`}
                  onClick={() => setChosen(shown.filter((other) => other !== name))}
                >
                  <IconX size={12} />
                </ActionIcon>
              </Tooltip>
            </div>
            {open && facet !== undefined && (
              <FacetBody
                facet={facet}
                mixed={isMixed(fields.find((field) => field.name === name))}
                chips={chips}
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

/** Numbers in some assets and text in others: its bars do not tell all. */
const isMixed = (field: Field | undefined): boolean =>
  field !== undefined && field.kinds.includes("text") && field.kinds.includes("number");

function FacetBody({
  facet,
  mixed,
  chips,
  onTerm,
  onRange,
}: {
  facet: Facet;
  mixed: boolean;
  chips: Chip[];
  onTerm: (term: string) => void;
  /** Null takes the range out of the query. */
  onRange: (term: string | null) => void;
}) {
  const { histogram } = facet;
  const drawn = histogram !== null && histogram.buckets.length > 1;
  const range = rangeOf(chips, facet.field);
  const isOn = (term: string) => findTerm(chips, term) !== null;
  const none = `-${quote(facet.field)}:*`;
  const listed = drawn && !mixed ? [] : facet.values;
  const most = Math.max(1, ...listed.map((value) => value.count));
  return (
    <>
      {drawn && (
        <FacetHistogram field={facet.field} histogram={histogram} range={range} onRange={onRange} />
      )}
      {range !== null && chips.some((chip) => isAbout(chip.text, facet.field)) && (
        <button type="button" className={css.facetClear} onClick={() => onRange(null)}>
          Clear the range
        </button>
      )}
      {listed.map((value) => (
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
      {!drawn && facet.values.length === 0 && facet.count > 0 && (
        <div className={css.more}>
          {countShort(facet.count)} have it; too many different values to list
        </div>
      )}
      {facet.more > 0 && (!drawn || mixed) && (
        <div className={css.more}>{count(facet.more)} other values</div>
      )}
      {facet.missing > 0 && (
        <button
          type="button"
          className={css.value}
          aria-pressed={isOn(none)}
          onClick={() => onTerm(none)}
        >
          <span style={{ color: "var(--sheaf-dim)" }}>has no {facet.field}</span>
          <span>{countShort(facet.missing)}</span>
        </button>
      )}
      {facet.count === 0 && facet.missing === 0 && <div className={css.more}>Nothing</div>}
    </>
  );
}
