/** Every way of choosing: top by a field, quotas, batches put together, split, added to and taken from. */
import type { Locator, Page } from "@playwright/test";
import type { Asset, Batch, Desk, Project } from "../desk/desk";
import { expect, test } from "../desk/test";
import { weatherLibrary } from "../desk/weather";

const membersOf = (desk: Desk, project: Project, name: string): Promise<Asset[]> =>
  desk.assets(project, `batch:"${name}"`);
const hours = (assets: Asset[]) => assets.map(({ metadata }) => metadata.hour as number);
const weathers = (assets: Asset[]) => {
  const out: Record<string, number> = {};
  for (const { metadata } of assets) {
    const key = String(metadata.weather);
    out[key] = (out[key] ?? 0) + 1;
  }
  return out;
};
const batchesOf = async (desk: Desk, project: Project): Promise<Batch[]> =>
  (await desk.admin.api.get<{ items: Batch[] }>(`/projects/${project.id}/batches`)).items;

async function fillCount(page: Page, value: number): Promise<void> {
  const input = page.getByRole("textbox", { name: "How many" });
  await input.fill(String(value));
  await input.blur();
}

async function chooseField(scope: Page | Locator, label: string, name: string): Promise<void> {
  const page = "keyboard" in scope ? scope : scope.page();
  await scope.getByRole("combobox", { name: label }).fill(name);
  await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
}

async function make(page: Page, name: string, picked: number): Promise<void> {
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("button", { name: `Make batch of ${picked}, keep in staging` }).click();
  await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
}

test("the highest and the lowest of a field", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /Top by a field/ }).click();
  await expect(page.getByText("Choose a field.")).toBeVisible();
  await chooseField(page, "By the field", "score");
  await fillCount(page, 3);
  await make(page, "best", 3);
  expect(hours(await membersOf(desk, project, "best"))).toEqual([21, 22, 23]);

  await page.goto(`/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /Top by a field/ }).click();
  await chooseField(page, "By the field", "score");
  await page.getByText("Lowest", { exact: true }).click();
  await fillCount(page, 2);
  await make(page, "worst", 2);
  expect(hours(await membersOf(desk, project, "worst"))).toEqual([0, 1]);
});

test("a quota says what it cannot meet, and fills up when asked to", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /Quota/ }).click();
  await chooseField(page, "Shares by the field", "weather");
  await fillCount(page, 12);
  const fit = page.getByRole("region", { name: "How the quota is met" });
  await expect(fit).toContainText("All 3 shares are met.");

  // Ten parts of twelve for rain, of which there are eight.
  await page.getByText("A share for each value").click();
  const shares = page.getByRole("group", { name: "Shares for each value" });
  await shares.getByRole("button", { name: "Remove snow" }).click();
  await shares.getByRole("textbox", { name: "Share of rain" }).fill("5");
  await expect(fit.getByRole("row", { name: /rain/ })).toContainText("2 short");
  await expect(fit).toContainText("1 value falls short, by 2 assets");
  await expect(page.getByTestId("funnel-picked")).toHaveText("10");

  await page.getByRole("switch", { name: /Fill up from the others/ }).click();
  await expect(page.getByTestId("funnel-picked")).toHaveText("12");
  await expect(fit.getByRole("row", { name: /sun/ })).toContainText("4");
  await make(page, "rainy", 12);
  expect(weathers(await membersOf(desk, project, "rainy"))).toEqual({ rain: 8, sun: 4 });
  const recipe = page.getByRole("region", { name: "Recipe" });
  await expect(recipe.getByRole("row", { name: /rain/ })).toContainText("8");
});

test("the dry run shows the picked beside the pool, numbers as bars", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  await page.getByRole("radio", { name: /First uploaded/ }).click();
  await fillCount(page, 6);
  const compared = page.getByRole("region", { name: "Picked beside the pool" });
  await expect(compared.getByRole("img", { name: /^hour: 6 picked beside 24/ })).toBeVisible();
  await expect(compared.getByRole("heading", { name: "weather" })).toBeVisible();
});

test("the fields that are compared are chosen, and stay chosen", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/batches/new`);
  const compared = page.getByRole("region", { name: "Picked beside the pool" });
  await expect(compared.getByRole("heading", { name: "weather" })).toBeVisible();
  await compared.getByRole("button", { name: "Choose the fields to compare" }).click();
  await page.getByRole("textbox", { name: "Find a field" }).fill("weather");
  await page.getByRole("checkbox", { name: /^weather/ }).uncheck();
  await page.keyboard.press("Escape");
  await expect(compared.getByRole("heading", { name: "weather" })).toHaveCount(0);
  await expect(compared.getByRole("img", { name: /^hour/ })).toBeVisible();
  await page.reload();
  await expect(compared.getByRole("img", { name: /^hour/ })).toBeVisible();
  await expect(compared.getByRole("heading", { name: "weather" })).toHaveCount(0);
});

test("batches put together: union, intersection, one minus the other", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  await desk.batch(project, { query: "hour<8", pick: "all" }, { name: "early" });
  await desk.batch(project, { query: "weather:rain", pick: "all" }, { name: "all rain" });
  const page = await open(manager, `/p/${project.id}/batches`);
  const combine = async (button: string, item?: string) => {
    await page.goto(`/p/${project.id}/batches`);
    await page.getByRole("checkbox", { name: "Tick early" }).check();
    await page.getByRole("checkbox", { name: "Tick all rain" }).check();
    await page.getByRole("button", { name: button }).click();
    if (item !== undefined) await page.getByRole("menuitem", { name: item }).click();
  };
  await combine("Union");
  await expect(page.getByRole("switch", { name: /already included/ })).not.toBeChecked();
  await make(page, "either", 13);
  await combine("Intersection");
  await make(page, "both", 3);
  expect(hours(await membersOf(desk, project, "both"))).toEqual([0, 3, 6]);
  await combine("One minus the others", "“early” minus “all rain”");
  await make(page, "dry mornings", 5);
  expect(hours(await membersOf(desk, project, "dry mornings"))).toEqual([1, 2, 4, 5, 7]);
});

test("a batch is split in parts, and by the values of a field", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const whole = await desk.batch(project, { query: "hour<10", pick: "all" }, { name: "whole" });
  const page = await open(manager, `/p/${project.id}/batches/${whole.id}`);
  const openSplit = async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Split" }).click();
    return page.getByRole("dialog", { name: /^Split/ });
  };
  let dialog = await openSplit();
  await dialog.getByRole("textbox", { name: "Parts", exact: true }).fill("3");
  await dialog.getByRole("textbox", { name: "Names of the parts" }).fill("same");
  await expect(dialog.getByText(/All parts would have the same name/)).toBeVisible();
  await dialog.getByRole("textbox", { name: "Names of the parts" }).fill("part {n} of {batch}");
  const parts = dialog.getByRole("list", { name: "The parts" }).getByRole("listitem");
  await expect(parts).toHaveText(["part 1 of whole4", "part 2 of whole3", "part 3 of whole3"]);
  await dialog.getByRole("button", { name: "Split into 3 batches" }).click();
  await expect(page.getByRole("link", { name: "part 3 of whole" })).toBeVisible();
  const made = (await batchesOf(desk, project)).map(({ name }) => name).sort();
  expect(made).toEqual(["part 1 of whole", "part 2 of whole", "part 3 of whole"]);
  expect(hours(await membersOf(desk, project, "part 1 of whole"))).toEqual([0, 1, 2, 3]);

  await page.getByRole("link", { name: "part 1 of whole" }).click();
  await expect(page.getByRole("heading", { name: "part 1 of whole" })).toBeVisible();
  dialog = await openSplit();
  await dialog.getByText("By the values of a field").click();
  await chooseField(dialog, "Field", "city");
  await expect(parts).toHaveText([
    "part 1 of whole Rome2",
    "part 1 of whole Oslo1",
    "part 1 of whole without city1",
  ]);
  await dialog.getByRole("button", { name: "Split into 3 batches" }).click();
  await expect(page.getByRole("link", { name: "part 1 of whole without city" })).toBeVisible();
  const without = await membersOf(desk, project, "part 1 of whole without city");
  expect(hours(without)).toEqual([0]);
});

test("assets are added to a batch and taken out of it, and the batch tells", async ({
  desk,
  open,
}) => {
  const { project, manager } = await weatherLibrary(desk);
  const { id } = await desk.batch(project, { query: "hour<4", pick: "all" }, { name: "growing" });
  const page = await open(manager, `/p/${project.id}/library?q=hour<6`);
  await expect(page.getByTestId("library-count")).toContainText("6 of 24");
  await page.getByRole("listbox", { name: "Assets" }).focus();
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Add to a batch" });
  await dialog.getByRole("combobox", { name: "Batch" }).fill("grow");
  await page.getByRole("option", { name: /^growing/ }).click();
  await expect(dialog.getByRole("status")).toContainText("2 will be added, 4 are in it already");
  await dialog.getByRole("button", { name: "Add 2 assets" }).click();
  await expect(page.getByText("2 assets added to “growing”; 4 were in it already.")).toBeVisible();

  // By a recipe of its own, from the batch's page.
  await page.goto(`/p/${project.id}/batches/${id}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Add assets" }).click();
  await expect(page.getByRole("heading", { name: "Add to “growing”" })).toBeVisible();
  await page.getByRole("radio", { name: /Last uploaded/ }).click();
  await fillCount(page, 3);
  await page.getByRole("button", { name: "Add 3 to “growing”" }).click();
  await expect(page.getByRole("heading", { name: "growing", exact: true })).toBeVisible();
  expect(hours(await membersOf(desk, project, "growing"))).toEqual([0, 1, 2, 3, 4, 5, 21, 22, 23]);

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Take assets out" }).click();
  await page.getByRole("option", { name: "picture-021.png" }).click();
  await page.getByRole("button", { name: "Remove from batch" }).click();
  const removal = page.getByRole("dialog", { name: "Take out of “growing”" });
  await expect(removal.getByRole("status")).toContainText("1 will be taken out, 8 stay");
  await removal.getByRole("button", { name: "Take out 1 asset" }).click();
  await expect(page.getByTestId("library-count")).toContainText("8 of 24");

  await page.goto(`/p/${project.id}/batches/${id}`);
  const revisions = page.getByRole("region", { name: "Revisions" }).getByRole("row");
  await expect(revisions).toHaveCount(5);
  await expect(revisions.nth(1)).toContainText("Taken out");
  await expect(revisions.nth(2)).toContainText("+3");
  await expect(revisions.nth(4)).toContainText("Made");
});

test("what the recipe would pick today, beside what the batch has", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 12);
  const { id } = await desk.batch(project, { query: "weather:rain", pick: "all" }, { name: "rain" });
  const page = await open(manager, `/p/${project.id}/batches/${id}`);
  await page.getByRole("button", { name: "Difference against today" }).click();
  const diff = page.getByRole("region", { name: "Difference against today" });
  await expect(diff).toContainText("Nothing has changed");

  await desk.images(project, 3, 100);
  const [dry, fresh] = [
    await desk.assets(project, "hour=0"),
    await desk.assets(project, "name:picture-100.png"),
  ];
  const api = manager.api;
  await api.patch(`/projects/${project.id}/assets/${dry[0]!.id}`, { metadata: { weather: "sun" } });
  await api.patch(`/projects/${project.id}/assets/${fresh[0]!.id}`, {
    metadata: { weather: "rain" },
  });
  await page.reload();
  await page.getByRole("button", { name: "Difference against today" }).click();
  await expect(diff).toContainText("In both 3");
  await expect(diff).toContainText("Only today 1");
  await expect(diff).toContainText("Only in the batch 1");
});

test("the list of batches goes on as far as one scrolls", async ({ desk, open }) => {
  test.setTimeout(120_000);
  const { project, manager } = await weatherLibrary(desk, 3);
  for (let n = 0; n < 450; n += 1) {
    await desk.batch(project, { pick: "all" }, { name: `b${String(n).padStart(3, "0")}` });
  }
  const page = await open(manager, `/p/${project.id}/batches`);
  await expect(page.getByText("450 batches")).toBeVisible();
  await expect(page.getByRole("link", { name: "b449" })).toBeVisible();
  // Only those near the view are in the page.
  expect(await page.getByRole("row").count()).toBeLessThan(80);
  await page.getByRole("checkbox", { name: "Tick b449" }).check();
  const oldest = page.getByRole("link", { name: "b000" });
  await page.mouse.move(700, 500);
  await expect(async () => {
    await page.mouse.wheel(0, 20_000);
    await expect(oldest).toBeInViewport({ timeout: 500 });
  }).toPass();
  expect(await page.getByRole("row").count()).toBeLessThan(80);
  await page.getByRole("checkbox", { name: "Tick b000" }).check();
  await expect(page.getByRole("toolbar", { name: "Ticked batches" })).toContainText("2 batches");
});
