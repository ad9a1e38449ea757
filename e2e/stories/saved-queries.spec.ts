/** Queries under a name: for oneself, for the team, by mouse, by key and from the palette. */
import type { Page } from "@playwright/test";
import { expect, test } from "../desk/test";
import { weatherLibrary } from "../desk/weather";

const box = (page: Page) => page.getByRole("textbox", { name: "Query", exact: true });
const count = (page: Page) => page.getByTestId("library-count");

async function saveAs(page: Page, name: string, shared = false): Promise<void> {
  await page.getByRole("listbox", { name: "Assets" }).focus();
  await page.keyboard.press("Shift+S");
  const dialog = page.getByRole("dialog", { name: "Save this query" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  if (shared) await dialog.getByText("Everybody who sees the library").click();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
}

test("saved with its order, opened from the menu and from the palette", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library?q=weather:rain&sort=-hour`);
  await expect(count(page)).toContainText("8 of 24");
  await saveAs(page, "Rain, latest first");

  await page.goto(`/p/${project.id}/library?view=table`);
  await expect(count(page)).toContainText("24 assets");
  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("menuitem", { name: /Rain, latest first/ }).click();
  await expect(count(page)).toContainText("8 of 24");
  await expect(box(page)).toHaveText("weather:rain");
  await expect(page).toHaveURL(/sort=-hour/);
  await expect(page).toHaveURL(/view=table/);
  await expect(page.getByRole("row", { name: /picture-/ }).first()).toContainText("picture-021");
  await page.goBack();
  await expect(count(page)).toContainText("24 assets");

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find a command" }).fill("latest");
  await expect(page.getByRole("option", { name: /^Saved query Rain/ })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveText("weather:rain");
});

test("changed, renamed, shared and deleted", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const reviewer = await desk.join(project, ["reviewer"], "Rita Reviewer");
  const page = await open(manager, `/p/${project.id}/library?q=weather:snow`);
  await expect(count(page)).toContainText("8 of 24");
  await saveAs(page, "Mine alone");
  await saveAs(page, "For all", true);

  const hers = await open(reviewer, `/p/${project.id}/library`);
  await hers.getByRole("button", { name: "Saved queries" }).click();
  await expect(hers.getByRole("menuitem", { name: /For all/ })).toBeVisible();
  await expect(hers.getByRole("menuitem", { name: /Mine alone/ })).toHaveCount(0);
  await hers.getByRole("menuitem", { name: /For all/ }).click();
  await expect(count(hers)).toContainText("8 of 24");

  // The one that was opened last takes what the query is now.
  await box(page).fill("weather:snow hour<9");
  await box(page).press("Enter");
  await expect(count(page)).toContainText("3 of 24");
  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("menuitem", { name: "Update “For all” to this query" }).click();
  await expect(page.getByText("“For all” is now this query.")).toBeVisible();

  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("menuitem", { name: "Rename, share, delete" }).click();
  const list = page.getByRole("dialog", { name: "Saved queries" });
  await list.getByRole("button", { name: "Rename Mine alone" }).click();
  await list.getByRole("textbox", { name: "New name" }).fill("Snow");
  await page.keyboard.press("Enter");
  const snow = list.getByRole("listitem").filter({ hasText: /^Snow/ });
  await expect(snow).toBeVisible();
  await snow.getByRole("switch", { name: "Shared" }).click();
  await expect(snow.getByRole("switch", { name: "Shared" })).toBeChecked();
  await list.getByRole("button", { name: "Delete For all" }).click();
  await list.getByRole("button", { name: "Delete it" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(1);

  await hers.reload();
  await hers.getByRole("button", { name: "Saved queries" }).click();
  await expect(hers.getByRole("menuitem", { name: /Snow/ })).toBeVisible();
  await expect(hers.getByRole("menuitem", { name: /For all/ })).toHaveCount(0);
  await hers.getByRole("menuitem", { name: "Rename, share, delete" }).click();
  const theirs = hers.getByRole("dialog", { name: "Saved queries" });
  await expect(theirs.getByRole("button", { name: /^Rename/ })).toHaveCount(0);
});

test("a name that is taken is told, and nothing is lost", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 6);
  const page = await open(manager, `/p/${project.id}/library?q=weather:sun`);
  await expect(count(page)).toContainText("2 of 6");
  await saveAs(page, "Sunny");
  await page.keyboard.press("Shift+S");
  const dialog = page.getByRole("dialog", { name: "Save this query" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Sunny");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("Sunny");
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveValue("Sunny");
});
