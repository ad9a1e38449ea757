/** The three ways of making a batch, the three picks, what is left out, and making it again. */
import type { Page } from "@playwright/test";
import {
  pictures,
  type Asset,
  type Batch,
  type Desk,
  type Person,
  type Project,
} from "../desk/desk";
import { KIND_ONLY } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

async function libraryOf(desk: Desk, count: number): Promise<{ project: Project; manager: Person }> {
  const project = await desk.project({ taxonomy: KIND_ONLY });
  await desk.images(project, count);
  return { project, manager: await desk.manager(project) };
}

const membersOf = async (desk: Desk, project: Project, name: string): Promise<Asset[]> =>
  desk.assets(project, `batch:"${name}"`);

const numbers = (assets: Asset[]): number[] => assets.map(({ ordinal }) => ordinal);

async function batchNamed(desk: Desk, project: Project, name: string): Promise<Batch | undefined> {
  const { items } = await desk.admin.api.get<{ items: Batch[] }>(`/projects/${project.id}/batches`);
  return items.find((batch) => batch.name === name);
}

async function fillCount(page: Page, label: string, value: number): Promise<void> {
  const input = page.getByRole("textbox", { name: label });
  await input.fill(String(value));
  await input.press("Tab");
}

/** The numbers of the dry run, from all that match to what would be in the batch. */
async function expectFunnel(
  page: Page,
  funnel: { matched: number; excluded: number; available: number; picked: number },
): Promise<void> {
  const figure = (name: string) => page.getByTestId(`funnel-${name}`);
  const excluded = funnel.excluded === 0 ? "0" : `−${funnel.excluded}`;
  await expect(figure("matched")).toHaveText(String(funnel.matched));
  await expect(figure("excluded")).toHaveText(excluded);
  await expect(figure("available")).toHaveText(String(funnel.available));
  await expect(figure("picked")).toHaveText(String(funnel.picked));
}

async function make(page: Page, name: string, picked: number): Promise<void> {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("button", { name: `Make batch of ${picked}, keep in staging` }).click();
  await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
  await expect(page.getByText("In staging", { exact: true })).toBeVisible();
}

test("of assets that are ticked in the library", async ({ desk, open }) => {
  const { project, manager } = await libraryOf(desk, 8);
  const page = await open(manager, `/p/${project.id}/library`);
  const tile = (n: number) => page.getByRole("option", { name: `picture-00${n}.png` });
  await tile(1).click();
  await tile(3).click({ modifiers: ["Control"] });
  await tile(6).click({ modifiers: ["Control"] });
  await page.getByRole("button", { name: "Make a batch of these" }).click();

  await expect(page.getByRole("radio", { name: /Ticked assets/ })).toBeChecked();
  await expectFunnel(page, { matched: 3, excluded: 0, available: 3, picked: 3 });
  await make(page, "hand-picked", 3);
  expect(numbers(await membersOf(desk, project, "hand-picked"))).toEqual([1, 3, 6]);
});

test("Sheaf picks at random: the same seed picks the same, another does not", async ({
  desk,
  open,
}) => {
  const { project, manager } = await libraryOf(desk, 40);
  const page = await open(manager);
  const made: number[][] = [];
  for (const [name, seed] of [
    ["seed 7", 7],
    ["seed 7 again", 7],
    ["seed 8", 8],
  ] as const) {
    await page.goto(`/p/${project.id}/batches/new`);
    await page.getByRole("switch", { name: "Leave out what was already included" }).click();
    await page.getByRole("radio", { name: /Random/ }).click();
    await fillCount(page, "How many", 12);
    await fillCount(page, "Seed", seed);
    await expectFunnel(page, { matched: 40, excluded: 0, available: 40, picked: 12 });
    await make(page, name, 12);
    await expect(page.getByText(`(seed ${seed})`)).toBeVisible();
    made.push(numbers(await membersOf(desk, project, name)));
  }
  expect(made[0]).toHaveLength(12);
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).not.toEqual(made[0]);
});

test("the first and the last uploaded, of the library and of a query", async ({ desk, open }) => {
  const { project, manager } = await libraryOf(desk, 15);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /First uploaded/ }).click();
  await fillCount(page, "How many", 4);
  await expectFunnel(page, { matched: 15, excluded: 0, available: 15, picked: 4 });
  await make(page, "oldest", 4);
  expect(numbers(await membersOf(desk, project, "oldest"))).toEqual([0, 1, 2, 3]);

  await page.goto(`/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /Last uploaded/ }).click();
  await fillCount(page, "How many", 3);
  await expectFunnel(page, { matched: 15, excluded: 4, available: 11, picked: 3 });
  await make(page, "newest", 3);
  expect(numbers(await membersOf(desk, project, "newest"))).toEqual([12, 13, 14]);

  // Ten pictures are called picture-00?, of which four are in "oldest".
  await page.goto(`/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /A query/ }).click();
  const query = page.getByRole("textbox", { name: "Query of the batch" });
  await query.fill("name:picture-00*");
  await query.press("Enter");
  await page.getByRole("radio", { name: /Last uploaded/ }).click();
  await fillCount(page, "How many", 2);
  await expectFunnel(page, { matched: 10, excluded: 4, available: 6, picked: 2 });
  await make(page, "newest of the query", 2);
  expect(numbers(await membersOf(desk, project, "newest of the query"))).toEqual([8, 9]);
  await expect(page.getByRole("region", { name: "Recipe" })).toContainText("picture-00*");
});

test("files that go straight into a batch, launched when all have arrived", async ({
  desk,
  open,
}) => {
  const { project, manager } = await libraryOf(desk, 3);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /New files/ }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose files" }).click(),
  ]);
  await chooser.setFiles(pictures(5, 100));
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("fresh from the car");
  await page.getByText("Launch now").click();
  await page.getByRole("button", { name: "Upload 5 files into a batch and launch" }).click();

  await page.getByRole("link", { name: "To the batch" }).click();
  await expect(page.getByRole("heading", { name: "fresh from the car" })).toBeVisible();
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();
  const members = await membersOf(desk, project, "fresh from the car");
  expect(members.map(({ name }) => name).sort()).toEqual(
    pictures(5, 100).map(({ name }) => name),
  );
  expect(await desk.assets(project)).toHaveLength(8);
});

test("what was already included is left out, exactly, and the funnel names the batches", async ({
  desk,
  open,
}) => {
  const { project, manager } = await libraryOf(desk, 20);
  await desk.batch(project, { pick: { first: { count: 6 } } }, { name: "monday" });
  await desk.batch(project, { pick: { random: { count: 5, seed: 3 } } }, { name: "tuesday" });
  const taken = new Set([
    ...numbers(await membersOf(desk, project, "monday")),
    ...numbers(await membersOf(desk, project, "tuesday")),
  ]);

  const page = await open(manager, `/p/${project.id}/batches/new`);
  const free = 20 - taken.size;
  await expectFunnel(page, { matched: 20, excluded: taken.size, available: free, picked: free });
  await expect(page.getByRole("link", { name: "monday" })).toBeVisible();
  await expect(page.getByRole("link", { name: "tuesday" })).toBeVisible();
  await make(page, "the rest", free);
  const rest = numbers(await membersOf(desk, project, "the rest"));
  expect(rest).toEqual(Array.from({ length: 20 }, (_, n) => n).filter((n) => !taken.has(n)));

  await page.goto(`/p/${project.id}/batches/new`);
  await expectFunnel(page, { matched: 20, excluded: 20, available: 0, picked: 0 });
  await expect(page.getByText("All that matches was already included.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Nothing to put in a batch" })).toBeDisabled();

  // Of the chosen batches only.
  await page.getByRole("combobox", { name: "Included where" }).click();
  await page.getByRole("option", { name: "in the batches chosen here" }).click();
  await page.getByRole("combobox", { name: "Batches to leave out" }).click();
  await page.getByRole("option", { name: "monday" }).click();
  await expectFunnel(page, { matched: 20, excluded: 6, available: 14, picked: 14 });
});

test("made again: of the library as it was, and of today's", async ({ desk, open }) => {
  const { project, manager } = await libraryOf(desk, 10);
  const recipe = { pick: { random: { count: 4, seed: 11 } } };
  const { id } = await desk.batch(project, recipe, { name: "sample" });
  const before = numbers(await membersOf(desk, project, "sample"));
  await desk.images(project, 10, 50);

  const page = await open(manager);
  for (const [name, library] of [
    ["sample, then", "The library as it was"],
    ["sample, now", "Today's library"],
  ] as const) {
    await page.goto(`/p/${project.id}/batches/${id}`);
    await page.getByRole("button", { name: "Make it again" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByText(library).click();
    await dialog.getByRole("button", { name: "Make it again" }).click();
    await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
  }
  expect(numbers(await membersOf(desk, project, "sample, then"))).toEqual(before);
  // A name that is taken is told in the dialog, which stays.
  await page.goto(`/p/${project.id}/batches/${id}`);
  await page.getByRole("button", { name: "Make it again" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("sample");
  await dialog.getByRole("button", { name: "Make it again" }).click();
  await expect(dialog.getByRole("alert")).toContainText("There is a batch sample already");
  expect(await membersOf(desk, project, "sample, now")).toHaveLength(4);
});

test("too many, none, and a name that is taken", async ({ desk, open }) => {
  const { project, manager } = await libraryOf(desk, 6);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /First uploaded/ }).click();
  await fillCount(page, "How many", 1000);
  await expectFunnel(page, { matched: 6, excluded: 0, available: 6, picked: 6 });
  await expect(
    page.getByText("You asked for 1,000, but only 6 are available: the batch will be 994 short."),
  ).toBeVisible();
  await fillCount(page, "How many", 2);
  await make(page, "a pair", 2);

  await page.goto(`/p/${project.id}/batches/new`);
  await expectFunnel(page, { matched: 6, excluded: 2, available: 4, picked: 4 });
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("a pair");
  await expect(page.getByText("There is a batch of this name.")).toBeVisible();
  await page.getByRole("button", { name: "Make batch of 4, keep in staging" }).click();
  await expect(page.getByText("No batch was made")).toBeVisible();
  await expect(page.getByText("There is a batch a pair already")).toBeVisible();

  const post = (recipe: object, name: string) =>
    manager.api.post(`/projects/${project.id}/batches`, { name, recipe });
  await expect(post({ pick: { first: { count: 0 } } }, "zero")).rejects.toThrow(/422/);
  await expect(post({ pick: { random: { count: 0, seed: 1 } } }, "zero")).rejects.toThrow(/422/);
  await expect(post({ query: "name:nothing*", pick: "all" }, "zero")).rejects.toThrow(
    /422 empty_batch/,
  );
  await expect(post({ pick: "all" }, "a pair")).rejects.toThrow(/409 name_taken/);
  expect(await batchNamed(desk, project, "zero")).toBeUndefined();
});
