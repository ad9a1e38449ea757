/** Finding assets and picking them: the query box, facets, views, selection, and an address that keeps it all. */
import type { Page } from "@playwright/test";
import { csv, pictures, type Desk, type Person, type Project } from "../desk/desk";
import { expect, test } from "../desk/test";

const WEATHER = ["rain", "sun", "snow"];

/** 24 pictures: 8 in rain, 8 in the sun, 8 in snow; hour 0 to 23. */
async function weatherLibrary(desk: Desk): Promise<{ project: Project; manager: Person }> {
  const project = await desk.project({ name: `Weather ${desk.next()}` });
  const files = pictures(24);
  const manifest = csv([
    ["file", "weather", "hour"],
    ...files.map(({ name }, i) => [name, WEATHER[i % 3]!, i]),
  ]);
  await desk.upload(project, files, { name: "drive", manifest: manifest.text });
  return { project, manager: await desk.manager(project) };
}

const count = (page: Page) => page.getByTestId("library-count");
const box = (page: Page) => page.getByRole("textbox", { name: "Query", exact: true });

test("a query is completed as one types, and its terms become chips", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library`);
  await expect(count(page)).toContainText("24 assets");

  await box(page).click();
  await page.keyboard.type("weat");
  const offered = page.getByRole("listbox", { name: "Completions" });
  await expect(offered.getByRole("option", { name: /^weather/ })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(box(page)).toHaveText(/^weather:/);
  await page.keyboard.type("ra");
  await expect(offered.getByRole("option", { name: /^rain.*8/ })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(box(page)).toHaveText(/^weather:rain ?$/);
  await page.keyboard.press("Enter");

  await expect(count(page)).toContainText("8 of 24");
  await expect(count(page)).toContainText(/ms|s$/);
  await expect(page).toHaveURL(/q=weather(:|%3A)rain/);
  const chips = page.getByRole("list", { name: "Filters" });
  await expect(chips.getByRole("listitem")).toHaveText(["weather:rain"]);

  await box(page).fill("weather:rain hour>=12");
  await box(page).press("Enter");
  await expect(count(page)).toContainText("4 of 24");
  await expect(chips.getByRole("listitem")).toHaveCount(2);
  await chips.getByRole("button", { name: "Remove weather:rain" }).click();
  await expect(count(page)).toContainText("12 of 24");
  await expect(box(page)).toHaveText("hour>=12");
});

test("Tab that comes before its completions takes the first of them when they are there", async ({
  desk,
  open,
}) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library`);
  await expect(count(page)).toContainText("24 assets");

  // The answers of the server come when the test says so, as over a slow line.
  let arrive = () => {};
  const arrived = new Promise<void>((done) => (arrive = done));
  await page.route("**/complete?*", async (route) => {
    await arrived;
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest(/complete\?.*q=weat&/);
  await box(page).click();
  await page.keyboard.type("weat");
  await asked;
  await page.keyboard.press("Tab");
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveText("weat");
  arrive();
  await expect(box(page)).toHaveText(/^weather:/);
});

test("a mistake in the query is underlined and explained", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library`);
  await box(page).fill("wether:rain");
  const underlined = page.locator(".cm-lintRange-error");
  await expect(underlined).toHaveText("wether");
  await underlined.hover();
  await expect(page.locator(".cm-diagnostic-error")).toContainText("weather");

  await box(page).press("Enter");
  await expect(page.getByRole("alert")).toContainText(/wether/);
  await expect(count(page)).toContainText("Not counted");

  await box(page).fill("weather:sun");
  await box(page).press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(count(page)).toContainText("8 of 24");
});

test("a click on a facet narrows the query, another widens it", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library`);
  const facets = page.getByRole("complementary", { name: "Facets" });
  const snow = facets.getByRole("button", { name: /^snow/ });
  await expect(snow).toContainText("8");
  await snow.click();
  await expect(box(page)).toHaveText("weather:snow");
  await expect(count(page)).toContainText("8 of 24");
  await expect(snow).toHaveAttribute("aria-pressed", "true");
  await snow.click();
  await expect(count(page)).toContainText("24 assets");
  await expect(page).not.toHaveURL(/q=/);
});

test("one, a range with shift, and all that the query finds", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library`);
  const selection = page.getByRole("toolbar", { name: "Selection" });
  const tile = (n: number) =>
    page.getByRole("option", { name: `picture-${String(n).padStart(3, "0")}.png` });
  await tile(2).click();
  await expect(selection).toContainText("1 selected");
  await tile(6).click({ modifiers: ["Shift"] });
  await expect(selection).toContainText("5 selected");
  for (const n of [2, 3, 4, 5, 6]) await expect(tile(n)).toHaveAttribute("aria-selected", "true");
  await expect(tile(7)).toHaveAttribute("aria-selected", "false");
  await tile(9).click({ modifiers: ["Control"] });
  await expect(selection).toContainText("6 selected");

  await selection.getByRole("button", { name: "Select all 24" }).click();
  await expect(selection).toContainText("24 selected (the whole library)");
  await page.keyboard.press("Escape");
  await expect(selection).toHaveCount(0);

  // By keys alone: from the first, three to the right.
  await page.getByRole("listbox", { name: "Assets" }).focus();
  await page.keyboard.press("Home");
  for (const _ of [1, 2, 3]) await page.keyboard.press("Shift+ArrowRight");
  await expect(selection).toContainText("4 selected");
});

test("table and grid show the same; the address keeps query, order and view", async ({
  desk,
  open,
}) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library?q=weather:sun`);
  await expect(page.getByRole("option", { name: "picture-001.png" })).toBeVisible();
  await page.getByRole("img", { name: "Table" }).click();
  const table = page.getByRole("grid", { name: "Assets" });
  const rows = table.getByRole("row", { name: /picture-/ });
  await expect(rows).toHaveCount(8);
  await page.getByRole("columnheader", { name: "hour" }).getByRole("button").click();
  await page.getByRole("columnheader", { name: "hour" }).getByRole("button").click();
  await expect(rows.first()).toContainText("picture-022.png");

  await page.reload();
  await expect(box(page)).toHaveText("weather:sun");
  await expect(count(page)).toContainText("8 of 24");
  await expect(rows).toHaveCount(8);
  await expect(rows.first()).toContainText("picture-022.png");
  await expect(page.getByRole("columnheader", { name: "hour" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );

  await page.goBack();
  await expect(rows.first()).toContainText("picture-001.png");
});

test("an asset's own page tells what happened to it", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const [asset] = await desk.assets(project, "hour=3");
  await desk.batch(project, { query: "hour=3", pick: "all" }, { name: "third hour" });
  const page = await open(manager, `/p/${project.id}/assets/${asset!.id}`);
  await expect(page.getByRole("heading", { name: "picture-003.png" })).toBeVisible();
  await expect(page.getByText("rain", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "third hour" }).first()).toBeVisible();
  await expect(page.getByText(/uploaded/i).first()).toBeVisible();
});
