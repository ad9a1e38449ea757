/** What is chosen goes over as one file, and which format that seems to be. */
import { expect, test } from "vitest";
import { formatOf, oneFileOf } from "./chosenAnnotations";
import { zipOf, zipPaths } from "./zipFiles";

const picked = (files: Record<string, string>) =>
  Object.entries(files).map(([path, text]) => ({
    path,
    file: new File([text], path.split("/").at(-1) ?? path),
  }));

test("the only file of annotations among images goes over as it is, and tells its format", async () => {
  const files = picked({
    "birds/images/a.jpg": "no image",
    "birds/images/b.jpg": "no image",
    "birds/instances.json": '{"images": [{"id": 1}], "annotations": [], "categories": []}',
  });
  const file = await oneFileOf(files);
  expect(file).toBe(files[2]?.file);
  expect(await formatOf(file)).toBe("coco");
});

test("of several, those of annotations go over in a zip called as their folder", async () => {
  const file = await oneFileOf(
    picked({
      "birds/a.jpg": "no image",
      "birds/a.xml": "<annotation>",
      "birds/b.xml": "<annotation>",
    }),
  );
  expect(file.name).toBe("birds.zip");
  expect(await zipPaths(file)).toEqual(["birds/a.xml", "birds/b.xml"]);
  expect((await oneFileOf(picked({ "a.txt": "", "b.txt": "" }))).name).toBe("annotations.zip");
});

test("one file is taken whatever it is called, of several none may be one", async () => {
  const [one] = picked({ "export.bin": "" });
  expect(await oneFileOf([one!])).toBe(one?.file);
  await expect(oneFileOf(picked({ "a.png": "", "b.png": "" }))).rejects.toThrow(
    "none of the 2 files is one of annotations",
  );
});

test("what is written in the files of a zip does not tell its format", async () => {
  const voc = await zipOf(
    picked({
      "Annotations/a.xml": "<annotation><filename>labels/data.yaml.txt</filename></annotation>",
      "Annotations/b.xml": "<!-- not annotations.xml, nor classes.txt -->",
    }),
    "voc.zip",
  );
  expect(await formatOf(voc)).toBe("voc");
  const lines = "0 0.5 0.5 0.1 0.1\n".repeat(20_000);
  const yolo = await zipOf(
    picked({ "a.txt": lines, "data.yaml": "path: train.manifest", "z.txt": lines }),
    "yolo.zip",
  );
  expect(await formatOf(yolo)).toBe("yolo");
});

test("a zip whose paths cannot be read does not tell", async () => {
  expect(await formatOf(new File(["PK\u0003\u0004 annotations.xml"], "cut.zip"))).toBeNull();
});
