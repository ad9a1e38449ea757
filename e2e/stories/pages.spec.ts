/** What the pages say is so: figures of a batch, dates, ledger, roles, fields that are cleared, changes not saved. */
import { labelDesk } from "../desk/label";
import { KIND_ONLY, PEOPLE_AND_PLACES } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

test("a completed batch tells its figures, its dates and its recipe as JSON", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 1);
  const batch = await desk.batch(project, { pick: "all" }, { launch: true });
  const annotator = await open(await desk.annotator(project), "/label");
  const label = labelDesk(annotator);
  await expect(label.image("picture-000.png")).toBeVisible();
  await annotator.keyboard.press("c");
  await annotator.keyboard.press("Enter");
  await expect(annotator.getByRole("heading", { name: "All done" })).toBeVisible();

  const page = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}`);
  await expect(page.getByText("Completed", { exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Dates" })).toContainText(/Ended\s*just now/);
  await expect(page.getByRole("region", { name: "Progress" })).toContainText("Done 1 100%");
  const person = page.getByRole("region", { name: "Who does what" }).getByRole("row").nth(1);
  await expect(person).toContainText(/\d+ s/);
  await expect(page.locator("body")).not.toContainText(/NaN|unknown/);
  await page.getByRole("button", { name: "Show JSON" }).click();
  await expect(page.getByRole("region", { name: "Recipe", exact: true })).toContainText('"pick": "all"');

  const [asset] = await desk.assets(project);
  await page.goto(`/p/${project.id}/assets/${asset!.id}`);
  await expect(page.getByText(/by Ada Admin · upload \d+$/)).toBeVisible();
});

test("who may not see a page is told so", async ({ desk, open }) => {
  const project = await desk.project();
  const annotator = await open(await desk.annotator(project), `/p/${project.id}/library`);
  await expect(
    annotator.getByRole("heading", { name: "This page is for managers and reviewers" }),
  ).toBeVisible();
  const reviewer = await desk.join(project, ["reviewer"]);
  const page = await open(reviewer, `/p/${project.id}/batches/new`);
  await expect(page.getByRole("heading", { name: "This page is for managers" })).toBeVisible();
  await page.goto(`/p/${project.id}/library`);
  await expect(page.getByRole("heading", { name: "The library is empty" })).toBeVisible();
  await page.goto("/p/prj_0000000000000/library");
  await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
  await page.goto("/label");
  await expect(page.getByRole("heading", { name: "Nothing to review right now" })).toBeVisible();
  const manager = await open(await desk.manager(project), "/label");
  await expect(manager.getByRole("heading", { name: "You annotate in no project" })).toBeVisible();
});

test("a count can be cleared and typed anew, and a batch of none cannot be made", async ({
  desk,
  open,
}) => {
  const project = await desk.project();
  await desk.images(project, 5);
  const page = await open(await desk.manager(project), `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /First uploaded/ }).click();
  const count = page.getByRole("textbox", { name: "How many" });
  await count.fill("");
  await expect(page.getByText("At least 1")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Make batch/ })).toBeDisabled();
  await count.pressSequentially("2");
  await expect(count).toHaveValue("2");
  await expect(page.getByRole("button", { name: "Make batch of 2, keep in staging" })).toBeEnabled();
});

test("a taxonomy that is not saved is not lost by a click", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  const page = await open(
    await desk.manager(project),
    `/p/${project.id}/settings?tab=taxonomy`,
  );
  await page.getByRole("textbox", { name: "Question", exact: true }).fill("What is this?");
  await page.getByRole("tab", { name: "Queue" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await dialog.getByRole("button", { name: "Keep as it is" }).click();
  await expect(page.getByRole("textbox", { name: "Question", exact: true })).toHaveValue(
    "What is this?",
  );
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved as version 2.")).toBeVisible();
  await page.getByRole("tab", { name: "Queue" }).click();
  await expect(page.getByText("A task is held for (minutes)")).toBeVisible();
});

test("a bad query is told before anything is exported", async ({ desk, open }) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project), `/p/${project.id}/export?q=(rain`);
  await expect(page.getByRole("alert")).toContainText("is not closed");
});

test("the caret of an empty line is as tall as a line", async ({ desk, open }) => {
  const project = await desk.project({ media: "text", taxonomy: PEOPLE_AND_PLACES });
  await desk.texts(project, { "a.txt": `One.\n\n\nTwo.\n${"More.\n".repeat(20)}` });
  await desk.batch(project, { pick: "all" }, { launch: true });
  const page = await open(await desk.annotator(project), "/label");
  const { stage } = labelDesk(page);
  await expect(stage).toContainText("Two.");
  for (const key of ["Control+Home", "End", "ArrowRight"]) await page.keyboard.press(key);
  const caret = page.locator("[data-caret]");
  await expect.poll(async () => (await caret.boundingBox())?.height ?? 999).toBeLessThan(40);
  const before = (await caret.boundingBox())!.y;
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await caret.boundingBox())!.y).toBeGreaterThan(before + 10);
});
