/**
 * A file of annotations of another tool: the formats that there are, and which one it seems to be, by its name, its beginning and
 * its end. A guess only; whoever chose the file has the last word. Pure.
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

/** Bytes of the file's beginning and of its end that are looked at. */
export const PEEK_BYTES = 64 * 1024;

/** `head` and `tail` are the file's first and last bytes as text. Null when nothing tells. */
export function guessFormat(name: string, head: string, tail: string): AnnotationFormat | null {
  if (head.startsWith("PK\u0003\u0004")) return ofZip(`${head}${tail}`);
  const text = head.replace(/^\uFEFF/, "").trimStart();
  if (text.startsWith("<")) {
    if (/<annotations[\s>]/.test(text)) return "cvat";
    return /<annotation[\s>]/.test(text) ? "voc" : null;
  }
  if (/\.csv$/i.test(name)) return "csv-boxes";
  if (/\.manifest$/i.test(name)) return "ground-truth";
  return /^[[{]/.test(text) ? ofJson(text) : null;
}

/** The names of a zip's entries are in it as they are. */
function ofZip(names: string): AnnotationFormat | null {
  if (/annotations\.xml/.test(names)) return "cvat";
  if (/data\.ya?ml|dataset\.ya?ml|obj\.names|classes\.txt|labels\/.{1,200}\.txt/.test(names)) {
    return "yolo";
  }
  if (/\.xml/.test(names)) return "voc";
  if (/\.manifest/.test(names)) return "ground-truth";
  if (/\.ndjson/.test(names)) return "labelbox";
  return /\.csv/.test(names) ? "csv-boxes" : null;
}

function ofJson(text: string): AnnotationFormat | null {
  const has = (...keys: string[]) => new RegExp(`"(${keys.join("|")})"\\s*:`).test(text);
  const labelled = has("source") && /"[^"]+-metadata"\s*:/.test(text);
  if (labelled || has("source-ref")) return "ground-truth";
  if (has("data_row", "dataRow")) return "labelbox";
  if (text.startsWith("{") && has("images", "categories", "image_id")) return "coco";
  return has("data", "annotations", "completions", "predictions") ? "label-studio" : null;
}
