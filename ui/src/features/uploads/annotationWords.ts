/** What a file of annotations would bring in, or has, in words. Pure. */
import type { AnnotationsAdded } from "~/api/types";
import { plural } from "~/lib/format";

/** What comes in that was not here before: "2 assets", "3 pre-labels". */
export function newsIn({ assets_added, prelabels }: AnnotationsAdded): string[] {
  const n = prelabels.added + prelabels.replaced;
  return [
    ...(assets_added > 0 ? [plural(assets_added, "asset")] : []),
    ...(n > 0 ? [plural(n, "pre-label")] : []),
  ];
}

/** What is in the file, and what became of it. */
export function saidWords(report: AnnotationsAdded): string {
  const { answers, predictions, assets_added, prelabels, dry_run } = report;
  const said = [
    ...(answers > 0 ? [plural(answers, "answer")] : []),
    ...(predictions > 0 ? [plural(predictions, "prediction")] : []),
  ].join(" and ");
  const file = `The file has ${said === "" ? "no answers" : said}.`;
  const news = newsIn(report).join(" and ");
  if (news === "") {
    return `${file} ${prelabels.unchanged > 0 ? "All that fits is here already." : "Nothing of it can be imported here."}`;
  }
  const are = assets_added + prelabels.added + prelabels.replaced === 1 ? "is in" : "are in";
  return `${file} ${news} ${dry_run ? "would come in" : are}.`;
}

/** The taxonomy that the project gets, or got; nothing when it has one. */
export function taxonomyWords({ taxonomy, dry_run }: AnnotationsAdded): string {
  if (taxonomy === null) return "";
  const parts = [
    ...(taxonomy.labels > 0 ? [plural(taxonomy.labels, "label")] : []),
    ...(taxonomy.fields > 0 ? [plural(taxonomy.fields, "field")] : []),
  ].join(" and ");
  return dry_run
    ? `The project has no taxonomy: it gets one of ${parts}.`
    : `The project had no taxonomy: it got one of ${parts}.`;
}
