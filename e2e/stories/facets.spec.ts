/** Facets: bars that are clicked and dragged over, fields found by name among very many, any order. */
import type { Page } from "@playwright/test";
import { csv, pictures } from "../desk/desk";
import { expect, test } from "../desk/test";
import { weatherLibrary } from "../desk/weather";

const box = (page: Page) => page.getByRole("textbox", { name: "Query", exact: true });
const count = (page: Page) => page.getByTestId("library-count");
const facets = (page: Page) => page.getByRole("complementary", { name: "Facets" });

test("a drag over the bars sets a range, and the range is cleared", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library`);
  const bars = facets(page).getByRole("group", { name: "Histogram of hour" });
  await expect(bars.getByRole("button")).toHaveCount(24);
  const { x, y, width, height } = (await bars.boundingBox())!;
  const at = (bar: number) => x + (width * (bar + 0.5)) / 24;
  await page.mouse.move(at(6), y + height / 2);
  await page.mouse.down();
  // Out of the bars and beyond: the drag goes on.
  await page.mouse.move(at(9), y + height + 60, { steps: 4 });
  await page.mouse.up();
  await expect(count(page)).toContainText("4 of 24");
  await expect(box(page)).toHaveText("hour>=6 hour<10");
  await facets(page).getByRole("button", { name: "Clear the range" }).click();
  await expect(count(page)).toContainText("24 assets");

  // By keys: the third bar, and the two after it.
  await bars.getByRole("button").first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveText("hour>=2 hour<5");
  await expect(count(page)).toContainText("3 of 24");
});

test("of more fields than are listed, each is found by its name", async ({ desk, open }) => {
  const project = await desk.project({ name: `Wide ${desk.next()}` });
  const files = pictures(3);
  const names = Array.from({ length: 1_200 }, (_, i) => `f${String(i).padStart(4, "0")}`);
  const manifest = csv([
    ["file", ...names],
    ...files.map(({ name }, i) => [name, ...names.map((_, k) => (k + i) % 7)]),
  ]);
  await desk.upload(project, files, { manifest: manifest.text });
  const page = await open(await desk.manager(project), `/p/${project.id}/library`);
  await expect(count(page)).toContainText("3 assets");

  await page.getByRole("button", { name: "Order", exact: true }).click();
  await page.getByRole("textbox", { name: "Find a field to order by" }).fill("f1187");
  await page.getByRole("menuitem", { name: "f1187" }).click();
  await expect(page).toHaveURL(/sort=f1187/);

  await page.getByRole("button", { name: "Choose the fields of the facets" }).click();
  await page.getByRole("textbox", { name: "Find a field" }).fill("1190");
  await page.getByRole("checkbox", { name: /^f1190/ }).check();
  await page.keyboard.press("Escape");
  await expect(facets(page).getByRole("group", { name: "Histogram of f1190" })).toBeVisible();
});
