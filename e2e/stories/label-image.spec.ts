/** Labelling images with the keyboard alone; drafts that outlive a reload; work without a connection. */
import type { Page } from "@playwright/test";
import type { Desk, Project } from "../desk/desk";
import { labelDesk } from "../desk/label";
import { BOX_AND_KIND, KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

async function launched(desk: Desk, count: number, taxonomy: object): Promise<Project> {
  const project = await desk.project({ taxonomy });
  await desk.images(project, count);
  await desk.batch(project, { pick: "all" }, { launch: true });
  return project;
}

/** Two corners at the crosshair: 30 to the left and 20 up, then 40 right and 30 down of that. */
async function drawBox(page: Page): Promise<void> {
  const { keyboard } = page;
  for (let n = 0; n < 3; n += 1) await keyboard.press("Shift+ArrowLeft");
  for (let n = 0; n < 2; n += 1) await keyboard.press("Shift+ArrowUp");
  await keyboard.press("Enter");
  for (let n = 0; n < 4; n += 1) await keyboard.press("Shift+ArrowRight");
  for (let n = 0; n < 3; n += 1) await keyboard.press("Shift+ArrowDown");
  await keyboard.press("Enter");
}

test("log in, label two images and see that all is done, without a mouse", async ({
  desk,
  open,
}) => {
  const project = await launched(desk, 2, BOX_AND_KIND);
  const annotator = await desk.annotator(project);
  const page = await open(null, "/label");
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    for (const type of ["pointerdown", "mousedown", "mousemove", "touchstart"]) {
      window.addEventListener(type, () => seen.push(type), { capture: true });
    }
  });
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await page.keyboard.type(annotator.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(annotator.password);
  await page.keyboard.press("Enter");

  const label = labelDesk(page);
  const first = label.image("picture-000.png");
  await expect(first).toBeVisible();
  await expect(first).toHaveAccessibleName(/0 annotations\. Tool: box/);

  // A person with a box around it, and what it is.
  await page.keyboard.press("2");
  await page.keyboard.press("b");
  await expect(label.option("Person")).toHaveAttribute("aria-pressed", "true");
  await drawBox(page);
  await expect(first).toHaveAccessibleName(/1 annotations/);

  await page.keyboard.press("Control+z");
  await expect(first).toHaveAccessibleName(/0 annotations/);
  await page.keyboard.press("Control+Shift+z");
  await expect(first).toHaveAccessibleName(/1 annotations/);

  // What is missing is said, and nothing is handed in.
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Not handed in yet: 1 thing to look at.").first()).toBeVisible();
  await page.keyboard.press("d");
  await expect(label.option("Dog")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+Enter");

  await expect(label.image("picture-001.png")).toBeVisible();
  await page.keyboard.press("c");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "All done" })).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual([]);

  const answers = (await desk.exported(project)).map(({ asset, response }) => ({
    name: asset.name,
    fields: response.fields,
    boxes: response.annotations.map(({ type, label: of, left, top, width, height }) => ({
      type,
      of,
      left,
      top,
      width,
      height,
    })),
  }));
  // The picture is 160 x 120 and the crosshair begins in its middle.
  expect(answers.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    {
      name: "picture-000.png",
      fields: { kind: "dog" },
      boxes: [{ type: "box", of: "person", left: 50, top: 40, width: 40, height: 30 }],
    },
    { name: "picture-001.png", fields: { kind: "cat" }, boxes: [] },
  ]);
});

test("a reload in the middle of a task loses nothing", async ({ desk, open }) => {
  const project = await launched(desk, 2, BOX_AND_KIND);
  const page = await open(await desk.annotator(project), "/label");
  const label = labelDesk(page);
  const first = label.image("picture-000.png");
  await expect(first).toHaveAccessibleName(/0 annotations/);
  await drawBox(page);
  await page.keyboard.press("c");
  await expect(first).toHaveAccessibleName(/1 annotations/);
  await expect(label.option("Cat")).toHaveAttribute("aria-pressed", "true");

  await page.reload();
  await expect(first).toHaveAccessibleName(/1 annotations/);
  await expect(label.option("Cat")).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+Enter");
  await expect(label.image("picture-001.png")).toBeVisible();
  const [answer] = await desk.exported(project);
  expect(answer?.response.fields).toEqual({ kind: "cat" });
  expect(answer?.response.annotations).toHaveLength(1);
});

test("a draft that was saved is there in another browser too", async ({ desk, open }) => {
  const project = await launched(desk, 1, BOX_AND_KIND);
  const annotator = await desk.annotator(project);
  const page = await open(annotator, "/label");
  const label = labelDesk(page);
  await expect(label.image("picture-000.png")).toHaveAccessibleName(/0 annotations/);
  await page.keyboard.press("d");
  await expect(label.sync("Editing").or(label.sync("Saving"))).toBeVisible();
  await expect(label.sync("Saved")).toBeVisible();

  const other = labelDesk(await open(annotator, "/label"));
  await expect(other.image("picture-000.png")).toBeVisible();
  await expect(other.option("Dog")).toHaveAttribute("aria-pressed", "true");
});

test("without a connection one works on, and each answer is delivered once", async ({
  desk,
  open,
}) => {
  const project = await launched(desk, 4, KIND_ONLY);
  const page = await open(await desk.annotator(project), "/label");
  const label = labelDesk(page);
  await expect(label.image("picture-000.png")).toBeVisible();
  // The next task is fetched ahead before the line goes.
  await expect.poll(async () => (await desk.assets(project, "status:claimed")).length).toBe(2);
  await expect(page.getByText("0 today")).toBeVisible();

  await page.context().setOffline(true);
  await page.keyboard.press("c");
  await page.keyboard.press("Enter");
  await expect(label.image("picture-001.png")).toBeVisible();
  await expect(page.getByText("Offline: 1 waiting")).toBeVisible();
  await page.keyboard.press("d");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "No connection" })).toBeVisible();
  await expect(page.getByText("2 answers are kept in this browser")).toBeVisible();
  expect(await desk.exported(project)).toEqual([]);

  await page.context().setOffline(false);
  await expect(label.image("picture-002.png")).toBeVisible();
  await expect(page.getByText("2 today")).toBeVisible();
  const answers = await desk.exported(project);
  expect(
    answers.map(({ asset, response }) => `${asset.name} ${String(response.fields.kind)}`).sort(),
  ).toEqual(["picture-000.png cat", "picture-001.png dog"]);
});

test("a task is skipped with a reason, and the next one comes", async ({ desk, open }) => {
  const project = await launched(desk, 2, KIND_ONLY);
  const page = await open(await desk.annotator(project), "/label");
  const label = labelDesk(page);
  await expect(label.image("picture-000.png")).toBeVisible();
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button").filter({ hasText: /broken|unclear/i }).first().press("Enter");
  await expect(label.image("picture-001.png")).toBeVisible();
  expect(await desk.exported(project)).toEqual([]);
});
