/**
 * A file of annotations of another tool: the formats that there are, and which one it seems to be, by its name and its beginning,
 * or by the paths in a zip. A guess only; whoever chose the file has the last word. Pure.
 */

export type AnnotationFormat =
  "label-studio" | "coco" | "yolo" | "voc" | "cvat" | "labelbox" | "ground-truth" | "csv-boxes";

export const ANNOTATION_FORMATS: { value: AnnotationFormat; label: string }[] = [
  { value: "label-studio", label: "Label Studio (JSON)" },
  { value: "coco", label: "COCO (JSON)" },
  { value: "yolo", label: "YOLO (a zip with data.yaml)" },
  { value: "voc", label: "Pascal VOC (XML, or a zip)" },
  { value: "cvat", label: "CVAT for images 1.1 (XML, or a zip)" },
  { value: "labelbox", label: "Labelbox (NDJSON)" },
  { value: "ground-truth", label: "SageMaker Ground Truth (manifest)" },
  { value: "csv-boxes", label: "Boxes (CSV)" },
];

const EXTENSIONS = /\.(json|jsonl|ndjson|xml|txt|csv|ya?ml|manifest|names|md)$/i;

/** Whether a file among others, by its name, is none that annotations are about. */
export const mayBeAnnotations = (path: string): boolean => EXTENSIONS.test(path);

/** Bytes of the file's beginning that are looked at. */
export const PEEK_BYTES = 64 * 1024;

/** Whether a file that begins so is a zip. */
export const isZip = (head: string): boolean => head.startsWith("PK\u0003\u0004");

/** Of a file that is no zip; `head` is its first bytes as text. Null when nothing tells. */
export function guessFormat(name: string, head: string): AnnotationFormat | null {
  const text = head.replace(/^\uFEFF/, "").trimStart();
  if (text.startsWith("<")) {
    if (/<annotations[\s>]/.test(text)) return "cvat";
    return /<annotation[\s>]/.test(text) ? "voc" : null;
  }
  if (/\.csv$/i.test(name)) return "csv-boxes";
  if (/\.manifest$/i.test(name)) return "ground-truth";
  return /^[[{]/.test(text) ? ofJson(text) : null;
}

/** Of a zip, by the paths in it. Null when they do not tell: JSON is of several formats. */
export function guessOfPaths(paths: readonly string[]): AnnotationFormat | null {
  const has = (pattern: RegExp) => paths.some((path) => pattern.test(path));
  if (has(/(^|\/)annotations\.xml$/i)) return "cvat";
  if (has(/(^|\/)(data(set)?\.ya?ml|obj\.names|(predefined_)?classes\.txt)$/i)) return "yolo";
  if (has(/(^|\/)labels\/.+\.txt$/i)) return "yolo";
  if (has(/\.xml$/i)) return "voc";
  if (has(/\.manifest$/i)) return "ground-truth";
  if (has(/\.ndjson$/i)) return "labelbox";
  return has(/\.csv$/i) ? "csv-boxes" : null;
}

function ofJson(text: string): AnnotationFormat | null {
  const has = (...keys: string[]) => new RegExp(`"(${keys.join("|")})"\\s*:`).test(text);
  const labelled = has("source") && /"[^"]+-metadata"\s*:/.test(text);
  if (labelled || has("source-ref")) return "ground-truth";
  if (has("data_row", "dataRow")) return "labelbox";
  if (text.startsWith("{") && has("images", "categories", "image_id")) return "coco";
  return has("data", "annotations", "completions", "predictions") ? "label-studio" : null;
}
