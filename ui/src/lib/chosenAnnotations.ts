/** What was chosen of another tool: the one file that goes over, and the format that it seems to be. Pure, but for reading files. */
import {
  guessFormat,
  guessOfPaths,
  isZip,
  mayBeAnnotations,
  PEEK_BYTES,
  type AnnotationFormat,
} from "./annotationFile";
import { plural } from "./format";
import type { PickedFile } from "./uploading/dropped";
import { zipOf, zipPaths } from "./zipFiles";

/** One file as it is, also when it is the only one of annotations among others; of several, those of annotations in a zip. */
export async function oneFileOf(files: readonly PickedFile[]): Promise<File> {
  const wanted = files.length === 1 ? files : files.filter(({ path }) => mayBeAnnotations(path));
  const [first] = wanted;
  if (first === undefined) {
    throw new Error(`none of the ${plural(files.length, "file")} is one of annotations`);
  }
  if (wanted.length === 1) return first.file;
  const folder = first.path.includes("/") ? first.path.split("/")[0] : undefined;
  return zipOf(wanted, `${folder ?? "annotations"}.zip`);
}

/** Null when the file does not tell. */
export async function formatOf(file: File): Promise<AnnotationFormat | null> {
  const head = await file.slice(0, PEEK_BYTES).text();
  return isZip(head) ? guessOfPaths((await zipPaths(file)) ?? []) : guessFormat(file.name, head);
}
