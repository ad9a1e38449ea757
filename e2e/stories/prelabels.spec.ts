/** Pre-labels: what a model says is on the screen at first, is corrected by keyboard, and the answer tells what became of it. */
import { box } from "../desk/answer";
import type { Desk, Project } from "../desk/desk";
import { labelDesk } from "../desk/label";
import { BOX_AND_KIND } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

/** Pictures, of each of which `yolo-v8` says that it is a dog with a car at its left. */
async function said(desk: Desk, count: number): Promise<Project> {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, count);
  const items = (await desk.assets(project)).map(({ id }) => ({
    asset_id: id,
    source: "yolo-v8",
    score: 0.83,
    response: { annotations: [box(20)], fields: { kind: "dog" } },
  }));
  const report = await desk.admin.api.put<{ added: number }>(`/projects/${project.id}/prelabels`, {
    items,
  });
  expect(report.added).toBe(count);
  return project;
}

type Detail = { answers: { prelabel: { source: string; unchanged: boolean } | null }[] };

async function became(desk: Desk, project: Project): Promise<(boolean | undefined)[]> {
  const out = [];
  for (const { id } of await desk.assets(project)) {
    const { answers } = await desk.admin.api.get<Detail>(`/projects/${project.id}/assets/${id}`);
    out.push(answers[0]?.prelabel?.unchanged);
  }
  return out;
}

test("a pre-label is corrected and handed in, another as it is, without a mouse", async ({
  desk,
  open,
}) => {
  const project = await said(desk, 2);
  await desk.batch(project, { pick: "all" }, { launch: true, prelabels: "yolo-v8" });
  const page = await open(await desk.annotator(project), "/label");
  const label = labelDesk(page);
  const first = label.image("picture-000.png");
  await expect(first).toHaveAccessibleName(/1 annotations/);
  await expect(label.option("Dog")).toHaveAttribute("aria-pressed", "true");
  const strip = page.getByRole("note", { name: "Pre-label" });
  await expect(strip).toContainText("From yolo-v8, score 0.83");

  // It is moved by ten pixels, and is a cat.
  await page.keyboard.press("v");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("c");
  await expect(strip).toContainText("There is a pre-label from yolo-v8");
  await page.keyboard.press("Control+Enter");

  await expect(label.image("picture-001.png")).toHaveAccessibleName(/1 annotations/);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  expect(await became(desk, project)).toEqual([false, true]);
  const answers = (await desk.exported(project)).map(({ response }) => ({
    kind: response.fields.kind,
    left: response.annotations[0]?.left,
  }));
  expect(answers).toEqual([
    { kind: "cat", left: 30 },
    { kind: "dog", left: 20 },
  ]);
});

test("one key clears it and takes it anew, and one's own draft goes first", async ({
  desk,
  open,
}) => {
  const project = await said(desk, 1);
  await desk.batch(project, { pick: "all" }, { launch: true, prelabels: "yolo-v8" });
  const annotator = await desk.annotator(project);
  const page = await open(annotator, "/label");
  const label = labelDesk(page);
  const picture = label.image("picture-000.png");
  await expect(picture).toHaveAccessibleName(/1 annotations/);
  await page.keyboard.press("x");
  await expect(picture).toHaveAccessibleName(/0 annotations/);
  await expect(label.option("Dog")).toHaveAttribute("aria-pressed", "false");
  await page.keyboard.press("x");
  await expect(picture).toHaveAccessibleName(/1 annotations/);
  await page.keyboard.press("x");
  await page.keyboard.press("c");
  await expect(label.sync("Saved")).toBeVisible();

  await page.reload();
  await expect(label.option("Cat")).toHaveAttribute("aria-pressed", "true");
  await expect(picture).toHaveAccessibleName(/0 annotations/);
  await expect(page.getByRole("button", { name: "Take it anew" })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  expect(await became(desk, project)).toEqual([false]);
});

test("the form of a batch offers the sources, and the asset's page shows what they say", async ({
  desk,
  open,
}) => {
  const project = await said(desk, 1);
  const page = await open(await desk.manager(project), `/p/${project.id}/batches/new`);
  await page.getByRole("combobox", { name: "Pre-labels shown" }).click();
  await page.getByRole("option", { name: "yolo-v8 (1 asset)" }).click();
  await expect(page.getByText("begin with what this model or tool says")).toBeVisible();
  await page.getByRole("button", { name: /Make batch of 1/ }).click();
  await expect(page.getByText("Pre-labels shown")).toBeVisible();
  await expect(page.getByText("yolo-v8", { exact: true })).toBeVisible();

  const [asset] = await desk.assets(project);
  await page.goto(`/p/${project.id}/assets/${asset?.id ?? ""}`);
  await expect(page.getByRole("heading", { name: "Pre-labels" })).toBeVisible();
  await expect(page.getByText("yolo-v8, score 0.83").first()).toBeVisible();
  await expect(page.getByText("1 × car")).toBeVisible();
});

test("a manager brings in a file of pre-labels, looks at it first, makes a batch of it, and removes what it said", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 4);
  const assets = (await desk.assets(project)).slice(0, 3);
  const row = (id: string, kind: string) => ({ asset_id: id, response: { fields: { kind } } });
  const lines = [
    ...assets.map(({ id }) => row(id, "dog")),
    row(assets[0]?.id ?? "", "cow"),
    row("nobody", "dog"),
  ];
  const text = lines.map((line) => JSON.stringify(line)).join("\n");

  const page = await open(await desk.manager(project), `/p/${project.id}/uploads`);
  await page.getByRole("navigation", { name: "What comes in" }).getByText("Pre-labels").click();
  await expect(page.getByRole("heading", { name: "No model has said anything yet" })).toBeVisible();
  await page.getByRole("button", { name: "Bring in pre-labels" }).click();
  await expect(page.getByRole("region", { name: "A JSONL file" })).toBeVisible();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose a file" }).click(),
  ]);
  await chooser.setFiles({ name: "1.10.jsonl", mimeType: "", buffer: Buffer.from(text) });
  await expect(page.getByRole("textbox", { name: "Source" })).toHaveValue("1.10");

  await page.getByRole("button", { name: "Only look" }).click();
  await expect(page.getByText("5 rows looked at; nothing was written.")).toBeVisible();
  const wrong = page.getByRole("region", { name: "What is refused" });
  await expect(wrong.getByRole("row")).toHaveCount(3);
  await expect(wrong.getByRole("row").nth(1)).toContainText("response.fields.kind");
  const sources = () =>
    desk.admin.api.get<{ items: unknown[] }>(`/projects/${project.id}/prelabels`);
  expect((await sources()).items).toEqual([]);

  await page.getByRole("button", { name: "Write the pre-labels" }).click();
  await expect(page.getByText("5 rows taken in.")).toBeVisible();
  await page.getByRole("link", { name: "Make a batch that shows them" }).click();
  // The name arrives as it is, though it reads as a number, and what nothing is said of is not in the batch.
  const shown = page.getByRole("combobox", { name: "Pre-labels shown" });
  await expect(shown).toHaveValue("1.10 (3 assets)");
  await expect(page.getByRole("button", { name: /Make batch of 3/ })).toBeVisible();
  await page.goto(`/p/${project.id}/uploads/prelabels`);
  const list = page.getByRole("region", { name: "Sources of pre-labels" });
  await expect(list.getByRole("row").nth(1)).toContainText("1.10");
  await page.getByRole("link", { name: "Make a batch that shows 1.10" }).click();
  await expect(shown).toHaveValue("1.10 (3 assets)");
  await expect(page.getByRole("button", { name: /Make batch of 3/ })).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: "Remove 1.10" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).last().click();
  await expect(page.getByRole("heading", { name: "No model has said anything yet" })).toBeVisible();
  expect((await sources()).items).toEqual([]);
});

test("a file whose lines name their own sources leads to a batch of each", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 1);
  const [asset] = await desk.assets(project);
  const response = { fields: { kind: "dog" } };
  const text = ["dingo", "ant", "eel", "bee", "cow"]
    .map((source) => JSON.stringify({ asset_id: asset?.id, source, response }))
    .join("\n");
  const path = `/p/${project.id}/uploads/prelabels/new`;
  const page = await open(await desk.manager(project), path);
  const given = { name: "nobody.jsonl", mimeType: "", buffer: Buffer.from(text) };
  await page.getByLabel("File to send").setInputFiles(given);
  await page.getByRole("button", { name: "Write the pre-labels" }).click();
  await expect(page.getByText("5 rows taken in.")).toBeVisible();
  const links = page.getByRole("link", { name: /^Make a batch that shows/ });
  await expect(links).toHaveText([/ant$/, /bee$/, /cow$/]);
  await expect(page.getByRole("link", { name: "and 2 more" })).toBeVisible();
  await links.nth(1).click();
  await expect(page.getByRole("combobox", { name: "Pre-labels shown" })).toHaveValue(
    "bee (1 asset)",
  );
});

test("a standing batch gives its batches the source that its form chose", async ({
  desk,
  open,
}) => {
  const project = await said(desk, 1);
  const page = await open(await desk.manager(project), `/p/${project.id}/batches/standing/new`);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("stream");
  await page.getByRole("combobox", { name: "Pre-labels shown" }).click();
  await page.getByRole("option", { name: "yolo-v8 (1 asset)" }).click();
  await page.getByRole("button", { name: "Make the standing batch" }).click();
  await expect(page.getByText("Pre-labels shown")).toBeVisible();
  await page.getByRole("button", { name: "Run now" }).click();
  await expect(page.getByText(/“stream” made “stream .*” of 1 task/)).toBeVisible();

  const worker = await open(await desk.annotator(project), "/label");
  const strip = worker.getByRole("note", { name: "Pre-label" });
  await expect(strip).toContainText("From yolo-v8, score 0.83");

  // The form reads it back, and takes it away.
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(page.getByRole("combobox", { name: "Pre-labels shown" })).toHaveValue(/^yolo-v8/);
  await page.getByRole("combobox", { name: "Pre-labels shown" }).click();
  await page.getByRole("option", { name: "yolo-v8 (1 asset)" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "stream", exact: true })).toBeVisible();
  await expect(page.getByText("Pre-labels shown")).toBeHidden();
});
