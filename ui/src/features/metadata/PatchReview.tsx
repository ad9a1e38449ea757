/** What a file of changes says, as far as its beginning tells: which member names the asset, which fields change. */
import { Badge } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Field } from "~/api/types";
import { Section } from "~/components/Page";
import css from "~/components/page.module.css";
import { plural } from "~/lib/format";
import type { PatchSketch } from "~/lib/patchFile";
import own from "./metadata.module.css";

/** Fields shown: a file may name thousands. */
const SHOWN = 60;

export function PatchReview({
  sketch,
  fields,
}: {
  sketch: PatchSketch;
  /** The fields of the library; null while they are not known. */
  fields: Field[] | null;
}) {
  const { key, problem } = sketch;
  const known = new Set(fields?.map((field) => field.name));
  // An object goes on inside: the library knows its members by their whole names.
  const isKnown = (name: string) =>
    known.has(name) || [...known].some((other) => other.startsWith(`${name}.`));
  return (
    <>
      {problem !== null && (
        <div className={css.failure} role="alert" style={{ marginBottom: 16 }}>
          <IconAlertTriangle size={18} aria-hidden />
          <div>
            <strong>{problem.message}</strong>
            {problem.hint}
          </div>
        </div>
      )}
      {(key !== null || sketch.fields.length > 0) && (
        <Section
          title={
            sketch.whole ? plural(sketch.rows, "row") : `The first ${plural(sketch.rows, "row")}`
          }
          flush
        >
          <table className={css.table}>
            <thead>
              <tr>
                <th>Name</th>
                <th>What it does</th>
                <th>For example</th>
              </tr>
            </thead>
            <tbody>
              {key !== null && (
                <tr>
                  <td>
                    <strong>{key}</strong>
                  </td>
                  <td>
                    Says which asset, by {key === "ref" ? "your reference id" : "the asset’s id"}
                  </td>
                  <td className={own.samples}>{sketch.keySamples.join(" · ")}</td>
                </tr>
              )}
              {sketch.fields.slice(0, SHOWN).map((field) => (
                <tr key={field.name}>
                  <td>
                    <strong>{field.name}</strong>
                  </td>
                  <td>
                    {what(field)}{" "}
                    {fields !== null && field.samples.length > 0 && !isKnown(field.name) && (
                      <Badge color="blue">new field</Badge>
                    )}
                  </td>
                  <td className={own.samples} title={field.samples.join(" · ")}>
                    {field.samples.join(" · ")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {sketch.fields.length > SHOWN && (
            <p className={css.dim} style={{ margin: 0, padding: 14 }}>
              and {plural(sketch.fields.length - SHOWN, "more field", "more fields")}
            </p>
          )}
        </Section>
      )}
    </>
  );
}

function what({ samples, removes }: PatchSketch["fields"][number]): string {
  if (removes) return samples.length > 0 ? "Sets or removes the field" : "Removes the field";
  return samples.length > 0 ? "Sets the field" : "Changes nothing in these rows";
}
