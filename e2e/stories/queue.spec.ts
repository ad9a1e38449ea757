/** What an annotator is served, and when: nothing before the launch, nothing new in a pause, nothing after a cancel. */
import { BOX_AND_KIND, KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";
import { labelDesk } from "../desk/label";

test("nothing before the launch; then the first task comes without a reload", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 3);
  const manager = await desk.manager(project);
  const annotator = await desk.annotator(project);
  const batch = await desk.batch(project, { pick: "all" }, { name: "morning" });

  const page = await open(annotator, "/label");
  await expect(page.getByRole("heading", { name: "Nothing to label yet" })).toBeVisible();
  const early = await annotator.api.post<{ tasks: unknown[]; reason: { code: string } }>(
    "/queue/claim",
    { claim_id: crypto.randomUUID() },
  );
  expect(early.tasks).toEqual([]);
  expect(early.reason.code).toBe("no_batches");

  const managers = await open(manager, `/p/${project.id}/batches/${batch.id}`);
  await managers.getByRole("button", { name: "Launch" }).click();
  await expect(managers.getByText("In progress", { exact: true })).toBeVisible();
  await expect(labelDesk(page).image("picture-000.png")).toBeVisible();
});

test("a pause lets tasks in hand be handed in and gives out no new ones", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 6);
  const batch = await desk.batch(project, { pick: "all" }, { launch: true });
  const page = await open(await desk.annotator(project), "/label");
  const label = labelDesk(page);
  await expect(label.image("picture-000.png")).toBeVisible();

  const managers = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}`);
  await managers.getByRole("button", { name: "Pause" }).click();
  await expect(managers.getByText("Paused", { exact: true })).toBeVisible();

  const held = (await desk.assets(project, "status:claimed")).length;
  expect(held).toBeGreaterThan(0);
  for (let n = 0; n < held; n += 1) {
    await expect(label.image(`picture-00${n}.png`)).toBeVisible();
    await page.keyboard.press("c");
    await page.keyboard.press("Enter");
  }
  await expect(page.getByRole("heading", { name: "Nothing to label yet" })).toBeVisible();
  expect(await desk.exported(project)).toHaveLength(held);
  expect(await desk.assets(project, "status:claimed")).toEqual([]);

  await managers.getByRole("button", { name: "Resume" }).click();
  await expect(managers.getByText("In progress", { exact: true })).toBeVisible();
  await expect(label.image(`picture-00${held}.png`)).toBeVisible();
});

test("after a cancel the answer in hand is refused and said so, and nothing more comes", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 4);
  const batch = await desk.batch(project, { pick: "all" }, { launch: true, name: "evening" });
  const page = await open(await desk.annotator(project), "/label");
  await expect(labelDesk(page).image("picture-000.png")).toBeVisible();

  const managers = await open(await desk.manager(project), `/p/${project.id}/batches/${batch.id}`);
  await managers.getByRole("button", { name: "More actions" }).click();
  await managers.getByRole("menuitem", { name: "Cancel the batch" }).click();
  await managers
    .getByRole("dialog")
    .getByRole("button", { name: "Cancel the batch" })
    .click();
  await expect(managers.getByText("Cancelled", { exact: true })).toBeVisible();

  await page.keyboard.press("c");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/cancelled/i).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing to label yet" })).toBeVisible();
  expect(await desk.exported(project)).toEqual([]);
});

test("tasks given back go to somebody else", async ({ desk, open }) => {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, 1);
  await desk.batch(project, { pick: "all" }, { launch: true });
  const first = await open(await desk.annotator(project, "Nils"), "/label");
  await expect(labelDesk(first).image("picture-000.png")).toBeVisible();
  const second = await open(await desk.annotator(project, "Olga"), "/label");
  await expect(
    second.getByRole("heading", { name: "Everything is in other hands" }),
  ).toBeVisible();

  await first.keyboard.press("r");
  await expect(first.getByRole("heading", { name: "Given back" })).toBeVisible();
  await expect(labelDesk(second).image("picture-000.png")).toBeVisible();
});
