/** Annotations of another tool in the browser: a file is looked at, brought in onto an upload, and annotators begin with it. */
import type { Page } from "@playwright/test";
import type { Desk, Project } from "../desk/desk";
import { pictures } from "../desk/desk";
import { labelDesk } from "../desk/label";
import { expect, test } from "../desk/test";

const file = (name: string, text: string) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(text, "utf8"),
});

/** Lets go of files over the page, as a drag from the desktop does. */
async function drop(page: Page, files: Record<string, string>): Promise<void> {
  const transfer = await page.evaluateHandle((given) => {
    const out = new DataTransfer();
    for (const [name, text] of Object.entries(given)) out.items.add(new File([text], name));
    return out;
  }, files);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** COCO of pictures of which the last two are in no upload: a bird in each. */
function coco(count: number): string {
  const images = Array.from({ length: count + 2 }, (_, i) => ({
    id: i + 1,
    file_name: `photos/picture-${String(i).padStart(3, "0")}.png`,
    width: 160,
    height: 120,
  }));
  return JSON.stringify({
    images,
    annotations: images.map(({ id }) => ({
      id,
      image_id: id,
      category_id: 1,
      bbox: [10, 20, 30, 40],
      keypoints: [1, 2, 2],
    })),
    categories: [{ id: 1, name: "kea" }],
  });
}

const voc = (name: string) =>
  `<annotation><filename>${name}</filename><size><width>160</width><height>120</height></size>
   <object><name>kea</name><bndbox><xmin>11</xmin><ymin>21</ymin><xmax>40</xmax><ymax>60</ymax></bndbox></object>
   </annotation>`;

async function uploadOf(desk: Desk, project: Project, count: number): Promise<string> {
  await desk.upload(project, pictures(count), { name: "june" });
  const { items } = await desk.admin.api.get<{ items: { id: string }[] }>(
    `/projects/${project.id}/uploads`,
  );
  return `/p/${project.id}/uploads/${items[0]?.id ?? ""}`;
}

type Sources = { items: { source: string; n_assets: number }[] };
const sources = async (desk: Desk, project: Project) =>
  (await desk.admin.api.get<Sources>(`/projects/${project.id}/prelabels`)).items.map(
    ({ source, n_assets }) => [source, n_assets],
  );

test("a COCO file: what would come in, then it does, and a batch shows it", async ({ desk, open }) => {
  const project = await desk.project();
  const upload = await uploadOf(desk, project, 3);
  const page = await open(await desk.manager(project), upload);
  await page.getByRole("link", { name: "Add annotations" }).click();
  await expect(page.getByRole("heading", { name: "Add annotations" })).toBeVisible();
  await expect(page.getByText("You see what would come in")).toBeVisible();
  await page.getByLabel("Files to upload").setInputFiles(file("instances.json", coco(3)));
  await expect(page.getByRole("combobox", { name: "Format" })).toHaveValue("COCO (JSON)");
  await page.getByRole("button", { name: "Look at it" }).click();

  const said = page.getByRole("status");
  await expect(said).toContainText("3 pre-labels would come in");
  await expect(said).toContainText("The project has no taxonomy: it gets one of 1 label.");
  await expect(page.getByRole("region", { name: "Not found: 2" })).toContainText("photos/picture-003.png");
  const notes = page.getByRole("region", { name: "Left out or changed" });
  await expect(notes.getByRole("row").nth(1)).toContainText("keypoints left out5");
  await expect(page.getByRole("region", { name: "Whose they are" })).toContainText("coco3");
  expect(await sources(desk, project), "looking writes nothing").toEqual([]);

  // By keyboard: what came of it has the focus, the button is next.
  await page.getByRole("button", { name: "Import 3 pre-labels" }).press("Enter");
  await expect(said).toContainText("3 pre-labels are in.");
  await expect(said).toContainText("The project had no taxonomy: it got one of 1 label.");
  expect(await sources(desk, project)).toEqual([["coco", 3]]);

  await page.getByRole("link", { name: "Make a batch that shows coco" }).click();
  await expect(page.getByRole("combobox", { name: "Pre-labels shown" })).toHaveValue("coco (3 assets)");
  await page.getByRole("button", { name: /Make batch of 3/ }).click();
  await expect(page.getByText("coco", { exact: true })).toBeVisible();

  // Again: it is all there, and there is nothing to press.
  await page.goto(`${upload}/annotations`);
  await expect(page.getByText("What comes of it")).toBeVisible();
  await page.getByLabel("Files to upload").setInputFiles(file("instances.json", coco(3)));
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(said).toContainText("All that fits is here already.");
  await expect(page.getByRole("button", { name: /^Import/ })).toHaveCount(0);

  const { items } = await desk.admin.api.get<{ items: { id: string }[] }>(`/projects/${project.id}/batches`);
  await desk.admin.api.post(`/projects/${project.id}/batches/${items[0]?.id ?? ""}/launch`);
  const annotator = await open(await desk.annotator(project), "/label");
  await expect(labelDesk(annotator).image("picture-000.png")).toHaveAccessibleName(/1 annotations/);
});

test("Pascal VOC asks where pixels begin, and a wrong file says where it is wrong", async ({ desk, open }) => {
  const project = await desk.project();
  const upload = await uploadOf(desk, project, 1);
  const page = await open(await desk.manager(project), `${upload}/annotations`);
  const input = page.getByLabel("Files to upload");
  const format = page.getByRole("combobox", { name: "Format" });
  await input.setInputFiles(file("broken.xml", "<annotation><filename>../a.png</filename></annotation>"));
  await expect(format).toHaveValue("Pascal VOC (XML, or a zip)");
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("alert")).toContainText(/Broken\.xml.*leads out/);

  await input.setInputFiles(file("a.xml", voc("picture-000.png")));
  await page.getByLabel("Pixels count from 0").check();
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Import 1 pre-label" }).click();
  await expect(page.getByRole("status")).toContainText("1 pre-label is in.");
  const [asset] = await desk.assets(project);
  type Detail = { prelabels: { response: { annotations: { left: number }[] } }[] };
  const detail = await desk.admin.api.get<Detail>(`/projects/${project.id}/assets/${asset!.id}`);
  expect(detail.prelabels[0]?.response.annotations[0]?.left).toBe(11);

  // Another format is another look.
  await input.setInputFiles(file("notes.json", '{"hello": 1}'));
  await expect(page.getByText("The file does not tell.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Look at it" })).toHaveCount(0);
  await format.click();
  await page.getByRole("option", { name: "COCO (JSON)" }).click();
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("alert")).toContainText("images");
  await input.setInputFiles(file("other.xml", voc("elsewhere.png")));
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("heading", { name: "Nothing of it is in this upload" })).toBeVisible();
  expect(await sources(desk, project)).toEqual([["voc", 1]]);
});

test("a Label Studio file brings its texts with it, as an upload of its own", async ({ desk, open }) => {
  const project = await desk.project({ media: "text" });
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads/new`);
  const task = (text: string, mood: string) => ({
    data: { text, stars: 3 },
    annotations: [
      {
        completed_by: { email: "kim@example.org" },
        result: [{ from_name: "mood", to_name: "text", type: "choices", value: { choices: [mood] } }],
      },
    ],
  });
  const tasks = JSON.stringify([task("good food", "fine"), task("bad food", "sad")]);
  await page.getByLabel("Files to upload").setInputFiles(file("reviews.json", tasks));
  const other = page.getByRole("region", { name: "From another tool?" });
  await other.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("combobox", { name: "Format" })).toHaveValue("Label Studio (JSON)");
  await expect(page.getByLabel("Add texts and addresses that are not there")).toBeChecked();
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("status")).toContainText("2 assets and 2 pre-labels would come in");
  expect(await desk.assets(project)).toHaveLength(0);
  await page.getByRole("button", { name: "Import 2 assets and 2 pre-labels" }).click();
  await expect(page.getByRole("status")).toContainText("2 assets and 2 pre-labels are in.");
  await expect(page.getByRole("status")).toContainText("it got one of 1 field");
  expect(await sources(desk, project)).toEqual([["label-studio: kim@example.org", 2]]);
  expect((await desk.assets(project)).map(({ metadata }) => metadata)).toEqual([{ stars: 3 }, { stars: 3 }]);
  await page.getByRole("link", { name: /^reviews/ }).click();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
});

test("files that are dropped together go over as one, without the images among them", async ({ desk, open }) => {
  const project = await desk.project();
  const upload = await uploadOf(desk, project, 2);
  const page = await open(await desk.manager(project), `${upload}/annotations`);
  await expect(page.getByText("You see what would come in")).toBeVisible();
  await drop(page, { "a.png": "no image", "b.png": "no image" });
  await expect(page.getByRole("alert")).toContainText("None of the 2 files is one of annotations.");
  await drop(page, {
    "data.yaml": "names: [kea]",
    "picture-000.txt": "0 0.5 0.5 0.25 0.5",
    "picture-001.txt": "",
    "picture-000.png": "no image",
  });
  await expect(page.getByText("annotations.zip")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Format" })).toHaveValue("YOLO (a zip with data.yaml)");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Import 2 pre-labels" }).click();
  await expect(page.getByRole("status")).toContainText("2 pre-labels are in.");
  const [asset] = await desk.assets(project);
  type Detail = { prelabels: { response: { annotations: { left: number; width: number }[] } }[] };
  const detail = await desk.admin.api.get<Detail>(`/projects/${project.id}/assets/${asset!.id}`);
  expect(detail.prelabels[0]?.response.annotations[0]).toMatchObject({ left: 60, width: 40 });
});

test("a drop that is refused changes nothing, and none is taken while a file is sent", async ({ desk, open }) => {
  const project = await desk.project();
  const upload = await uploadOf(desk, project, 1);
  const page = await open(await desk.manager(project), `${upload}/annotations`);
  const format = page.getByRole("combobox", { name: "Format" });
  await expect(page.getByText("You see what would come in")).toBeVisible();
  await drop(page, { "notes.json": '{"hello": 1}' });
  await expect(page.getByText("The file does not tell.")).toBeVisible();
  await format.click();
  await page.getByRole("option", { name: "COCO (JSON)" }).click();
  await drop(page, { "a.png": "no image", "b.png": "no image" });
  await expect(page.getByRole("alert")).toContainText("None of the 2 files is one of annotations.");
  await expect(format).toHaveValue("COCO (JSON)");

  // Of a folder the only file that is no image is taken as it is.
  await drop(page, { "instances.json": coco(1), "picture-000.png": "no image" });
  await expect(page.getByText("instances.json")).toBeVisible();
  await expect(format).toHaveValue("COCO (JSON)");
  await expect(page.getByText("As the file looks.")).toBeVisible();

  // The request waits until the test says so, as on a slow line.
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await page.route(
    (url) => /^\/api\/.*\/annotations$/.test(url.pathname),
    async (route) => {
      await held;
      await route.continue().catch(() => {});
    },
  );
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
  await drop(page, { "other.xml": voc("picture-000.png") });
  await expect(page.getByText("A file is being sent")).toBeVisible();
  release();
  await expect(page.getByRole("status")).toContainText("1 pre-label would come in");
  await expect(page.getByText("instances.json", { exact: true })).toBeVisible();
});
