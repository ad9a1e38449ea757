/** The answers leave by the browser, in three formats, and are the right ones. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { csv, pictures, type Desk, type Project } from "../desk/desk";
import { BOX_AND_KIND } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

/** Four pictures, three in a batch, of which two are answered: 000 (cat, a box and a polygon) and 001 (dog). */
async function answered(desk: Desk): Promise<Project> {
  const project = await desk.project({ name: `Export ${desk.next()}`, taxonomy: BOX_AND_KIND });
  const files = pictures(4);
  const manifest = csv([
    ["file", "weather"],
    ...files.map(({ name }, i) => [name, i % 2 === 0 ? "rain" : "sun"]),
  ]);
  await desk.upload(project, files, { manifest: manifest.text });
  await desk.batch(project, { pick: { first: { count: 3 } } }, { launch: true, name: "three" });
  const annotator = await desk.annotator(project);
  const { tasks } = await annotator.api.post<{
    tasks: { lease_id: string; asset: { name: string } }[];
  }>("/queue/claim", { claim_id: crypto.randomUUID(), count: 2 });
  const box = { type: "box", label: "car", left: 10, top: 20, width: 30, height: 40 };
  const polygon = {
    type: "polygon",
    label: "person",
    vertices: [
      { x: 0, y: 0 },
      { x: 50, y: 0 },
      { x: 50, y: 20 },
    ],
  };
  for (const { lease_id, asset } of tasks) {
    const first = asset.name === "picture-000.png";
    const shapes = first ? [box, polygon] : [];
    await annotator.api.post(`/queue/leases/${lease_id}/submit`, {
      submission_id: crypto.randomUUID(),
      seconds: 4,
      response: {
        annotations: shapes.map((shape) => ({
          uuid: crypto.randomUUID(),
          attributes: {},
          ...shape,
        })),
        fields: { kind: first ? "cat" : "dog" },
      },
    });
  }
  return project;
}

async function download(page: Page, format: string): Promise<{ name: string; text: string }> {
  await page.getByRole("radiogroup", { name: "Format" }).getByText(format, { exact: true }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: `Download ${format}` }).click(),
  ]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

type Line = {
  asset: { name: string; metadata: object };
  status: string;
  response: { annotations: { type: string }[]; fields: { kind: string } } | null;
};

const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
    .sort((a, b) => a.asset.name.localeCompare(b.asset.name));

test("JSONL has each answer with its asset and metadata; all, or of a query", async ({
  desk,
  open,
}) => {
  const project = await answered(desk);
  const page = await open(await desk.manager(project), `/p/${project.id}/export`);
  const whole = await download(page, "JSONL");
  expect(whole.name).toMatch(/\.jsonl$/);
  expect(linesOf(whole.text)).toMatchObject([
    {
      asset: { name: "picture-000.png", metadata: { weather: "rain" } },
      response: { annotations: [{ type: "box" }, { type: "polygon" }], fields: { kind: "cat" } },
    },
    {
      asset: { name: "picture-001.png", metadata: { weather: "sun" } },
      response: { annotations: [], fields: { kind: "dog" } },
    },
  ]);

  await page.getByText("All, answered or not").click();
  expect(linesOf((await download(page, "JSONL")).text).map(({ asset }) => asset.name)).toEqual(
    pictures(4).map(({ name }) => name),
  );

  await page.getByText("Only what has an answer").click();
  await page.getByText("What a query finds").click();
  const query = page.getByRole("textbox", { name: "Query of the export" });
  await query.fill("weather:sun");
  await query.press("Enter");
  await expect(page.getByText("2 assets match.")).toBeVisible();
  expect(linesOf((await download(page, "JSONL")).text).map(({ asset }) => asset.name)).toEqual([
    "picture-001.png",
  ]);
});

test("CSV has a row for each answer", async ({ desk, open }) => {
  const project = await answered(desk);
  const page = await open(await desk.manager(project), `/p/${project.id}/export`);
  const { name, text } = await download(page, "CSV");
  expect(name).toMatch(/\.csv$/);
  const [head, ...rows] = text.trimEnd().split(/\r?\n/);
  expect(head).toMatch(/weather/);
  expect(head).toMatch(/kind/);
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.includes("picture-000.png"))).toMatch(/rain/);
  expect(rows.find((row) => row.includes("picture-000.png"))).toMatch(/cat/);
  expect(rows.find((row) => row.includes("picture-001.png"))).toMatch(/dog/);
});

test("COCO has images, categories, boxes and polygons that belong together", async ({
  desk,
  open,
}) => {
  const project = await answered(desk);
  const page = await open(await desk.manager(project), `/p/${project.id}/export`);
  const { name, text } = await download(page, "COCO");
  expect(name).toMatch(/\.json$/);
  const coco = JSON.parse(text) as {
    images: { id: number; file_name: string; width: number; height: number }[];
    categories: { id: number; name: string }[];
    annotations: {
      id: number;
      image_id: number;
      category_id: number;
      bbox: number[];
      area: number;
      segmentation: number[][];
    }[];
  };
  const image = coco.images.find((entry) => entry.file_name.endsWith("picture-000.png"))!;
  expect(image).toMatchObject({ width: 160, height: 120 });
  const category = (of: string) => coco.categories.find((entry) => entry.name === of)!.id;
  const annotation = (of: string) =>
    coco.annotations.find((entry) => entry.category_id === category(of));
  expect(coco.annotations).toHaveLength(2);
  expect(annotation("car")).toMatchObject({
    image_id: image.id,
    bbox: [10, 20, 30, 40],
    area: 1200,
  });
  expect(annotation("person")).toMatchObject({
    image_id: image.id,
    bbox: [0, 0, 50, 20],
    area: 500,
    segmentation: [[0, 0, 50, 0, 50, 20]],
  });
});
