/** Known answers written on the canvas, by keyboard: one asset after the other, with notes, and changed later. */
import type { Page } from "@playwright/test";
import type { Batch, Desk, Project } from "../desk/desk";
import { BOX_AND_KIND, PEOPLE_AND_PLACES } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

type Known = {
  items: { asset: { name: string }; note: string; response: { annotations: object[]; fields: object } }[];
  missing: number;
};

const known = (desk: Desk, project: Project, batch: Batch) =>
  desk.admin.api.get<Known>(`/projects/${project.id}/batches/${batch.id}/known-answers`);

const image = (page: Page, name: string) => page.getByRole("application", { name });

async function drawBox({ keyboard }: Page): Promise<void> {
  await keyboard.press("1");
  for (let n = 0; n < 3; n += 1) await keyboard.press("Shift+ArrowLeft");
  await keyboard.press("Enter");
  for (let n = 0; n < 4; n += 1) await keyboard.press("Shift+ArrowRight");
  for (let n = 0; n < 3; n += 1) await keyboard.press("Shift+ArrowDown");
  await keyboard.press("Enter");
}

test("a manager writes the answers of a training batch, launches it, and changes one", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 3);
  const batch = await desk.batch(project, { pick: "all" }, { kind: "training", name: "first steps" });
  const page = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}`);
  const section = page.getByRole("region", { name: "Known answers" });
  await expect(section).toContainText("No answer is known yet.");
  await section.getByRole("link", { name: "Write answers" }).click();

  // Nothing is saved that lacks something; the mark and the choice are, and the next comes.
  const panel = page.getByRole("complementary", { name: "Known answer" });
  await expect(image(page, "picture-000.png")).toBeFocused();
  await drawBox(page);
  await expect(image(page, "picture-000.png")).toHaveAccessibleName(/1 annotations/);
  await expect(page.getByText("1 not saved")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(panel.getByText("is required")).toBeVisible();
  expect((await known(desk, project, batch)).missing).toBe(3);
  await page.keyboard.press("c");
  await page.keyboard.press("e");
  await page.keyboard.type("It has whiskers.");
  await page.keyboard.press("Control+Enter");
  await expect(image(page, "picture-001.png")).toBeFocused();
  await expect(page.getByText("not saved")).toHaveCount(0);

  // What was begun is there again after a look at another one.
  await page.keyboard.press("d");
  await page.keyboard.press("PageDown");
  await expect(image(page, "picture-002.png")).toBeFocused();
  await expect(page.getByText("1 not saved")).toBeVisible();
  await expect(panel.getByRole("button", { name: "Next PgDn" })).toBeDisabled();
  await page.keyboard.press("c");
  await page.keyboard.press("Control+Enter");
  await expect(image(page, "picture-001.png")).toBeFocused();
  await expect(panel.getByRole("button", { name: "Dog", exact: true })).toHaveAttribute("aria-pressed", "true");

  // Leaving would lose it: one is asked.
  await page.getByRole("link", { name: "first steps" }).click();
  await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save Ctrl+Enter" }).click();
  await expect(page.getByText("Saved. All tasks have a known answer now.")).toBeVisible();
  const { items, missing } = await known(desk, project, batch);
  expect(missing).toBe(0);
  expect(items[0]).toMatchObject({
    note: "It has whiskers.",
    response: { annotations: [{ type: "box", label: "car" }], fields: { kind: "cat" } },
  });
  expect(items.map(({ response }) => response.fields)).toEqual([{ kind: "cat" }, { kind: "dog" }, { kind: "cat" }]);

  await page.getByRole("link", { name: "first steps" }).click();
  await expect(section).toContainText("3 of 3 known");
  await page.getByRole("button", { name: "Launch", exact: true }).click();
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();

  // One is opened from the list, with its note, and changed.
  await section.getByRole("link", { name: "picture-000.png" }).click();
  await expect(panel.getByLabel("Note")).toHaveValue("It has whiskers.");
  await page.keyboard.press("d");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Saved. Whoever did the task is scored anew.")).toBeVisible();
  await page.keyboard.press("n");
  await expect(page.getByText("All tasks have a known answer.")).toBeVisible();
  await page.getByRole("link", { name: "first steps" }).click();
  await expect(section.getByRole("row", { name: /picture-000/ })).toContainText("What is it?: Dog; 1 × Car");
});

test("the known answer of a text is its spans", async ({ desk, open }) => {
  const project = await desk.project({ media: "text", taxonomy: PEOPLE_AND_PLACES });
  await desk.texts(project, { "a.txt": "Jane met Bob in Zurich." });
  const batch = await desk.batch(project, { pick: "all" }, { kind: "gold" });
  const page = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}/known`);
  const text = page.locator('[role="textbox"][aria-readonly]');
  await expect(text).toBeFocused();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Saved. All tasks have a known answer now.")).toBeVisible();
  const { items } = await known(desk, project, batch);
  expect(items[0]!.response.annotations).toMatchObject([{ type: "span", label: "person" }]);
});

test("annotators and batches that label data have no such page", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 1);
  const batch = await desk.batch(project, { pick: "all" });
  const path = `/p/${project.id}/batches/${batch.id}/known`;
  const page = await open(await desk.manager(project), path);
  await expect(page.getByText("Only gold and training batches have them")).toBeVisible();
  const other = await open(await desk.join(project, ["reviewer"]), path);
  await expect(other.getByText("This page is for managers")).toBeVisible();
});
