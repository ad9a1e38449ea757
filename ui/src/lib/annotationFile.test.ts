/** Which format a file of annotations seems to be. */
import { expect, test } from "vitest";
import {
  ANNOTATION_FORMATS,
  guessFormat,
  guessOfPaths,
  type AnnotationFormat,
} from "./annotationFile";

const check = (name: string, head: string, format: AnnotationFormat | null) =>
  expect(guessFormat(name, head), `${name}: ${head}`).toBe(format);

test("JSON is told by its keys", () => {
  check("a.json", '{"info": {}, "licenses": [], "images": [{"id": 1', "coco");
  check("a.json", '{"annotations":[{"image_id":3,', "coco");
  check("a.json", '\uFEFF [{"id": 1, "annotations": [{"result": [', "label-studio");
  check("a.json", '[{"data": {"image": "x.jpg"}, "predictions": []', "label-studio");
  check("a.ndjson", '{"data_row": {"id": "x"}, "media_attributes"', "labelbox");
  check("a.json", '[{"dataRow": {"id": "x"}', "labelbox");
  check("a.jsonl", '{"source-ref":"s3://x/a.jpg","labels":{', "ground-truth");
  check("a.jsonl", '{"source":"good","mood":0,"mood-metadata":{}}', "ground-truth");
  check("a.json", '{"hello": 1}', null);
});

test("XML by its root, other files by their names", () => {
  check("a.xml", '<?xml version="1.0"?>\n<annotations>\n <version>1.1', "cvat");
  check("a.xml", "<annotation>\n<folder>", "voc");
  check("a.xml", "<svg>", null);
  check("boxes.CSV", "image_path,xmin", "csv-boxes");
  check("output.manifest", "{}", "ground-truth");
  check("a.bin", "\u0000\u0001", null);
});

test("a zip by the paths in it, whole ones", () => {
  const checkZip = (paths: string[], format: AnnotationFormat | null) =>
    expect(guessOfPaths(paths), paths.join(", ")).toBe(format);
  checkZip(["annotations.xml", "images/a.jpg"], "cvat");
  checkZip(["task 5/annotations.xml"], "cvat");
  checkZip(["images/a.jpg", "labels/train/a.txt"], "yolo");
  checkZip(["a.txt", "birds/data.yaml"], "yolo");
  checkZip(["a.txt", "classes.txt"], "yolo");
  checkZip(["Annotations/a.xml", "ImageSets/Main/train.txt"], "voc");
  checkZip(["my-annotations.xml", "metadata.yaml", "my-classes.txt"], "voc");
  checkZip(["boxes.csv", "about.csv.md"], "csv-boxes");
  checkZip(["about.xml.md", "instances.json"], null);
  checkZip([], null);
});

test("every format has words of its own", () => {
  expect(new Set(ANNOTATION_FORMATS.map(({ label }) => label)).size).toBe(8);
});
