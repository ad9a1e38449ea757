/** Metadata changed in the browser: of one asset, of the ticked, of all that a query finds. */
import type { Desk, Project } from "../desk/desk";
import { expect, test } from "../desk/test";
import { weatherLibrary } from "../desk/weather";

const found = async (desk: Desk, project: Project, q: string) =>
  (await desk.assets(project, q)).map(({ ordinal }) => ordinal);

test("of one asset: a value, a new field, one less", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 6);
  const [asset] = await desk.assets(project, "hour=3");
  const page = await open(manager, `/p/${project.id}/assets/${asset!.id}`);
  await page.getByRole("button", { name: "Edit weather" }).click();
  await page.getByRole("textbox", { name: "Value of weather" }).fill("fog");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "fog" })).toBeVisible();
  expect(await found(desk, project, "weather:fog")).toEqual([3]);

  // A number stays a number.
  await page.getByRole("button", { name: "Edit hour" }).click();
  await page.getByRole("textbox", { name: "Value of hour" }).fill("23");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "23" })).toBeVisible();
  expect(await found(desk, project, "hour>20")).toEqual([3]);

  await page.getByRole("button", { name: "Add a field" }).click();
  await page.getByRole("combobox", { name: "Name of the field" }).fill("camera.model");
  await page.getByRole("textbox", { name: "Value of camera.model" }).fill("X100");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("link", { name: "X100" })).toBeVisible();
  expect(await found(desk, project, "camera.model:X100")).toEqual([3]);
  const [after] = await desk.assets(project, "camera.model:X100");
  expect(after!.metadata).toMatchObject({ weather: "fog", hour: 23, camera: { model: "X100" } });

  await page.getByRole("button", { name: "Edit city" }).click();
  await page.getByRole("button", { name: "Remove the field" }).click();
  await expect(page.getByRole("rowheader", { name: "city" })).toHaveCount(0);
  expect(await found(desk, project, "-city:*")).toEqual([0, 3]);
});

test("beside the library the change is in the next query", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 6);
  const page = await open(manager, `/p/${project.id}/library?q=weather:rain`);
  await page.getByRole("option", { name: "picture-003.png" }).dblclick();
  await page.getByRole("button", { name: "Edit weather" }).click();
  await page.getByRole("textbox", { name: "Value of weather" }).fill("sun");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("library-count")).toContainText("1 of 6");
  const facets = page.getByRole("complementary", { name: "Facets" });
  await page.goto(`/p/${project.id}/library`);
  await expect(facets.getByRole("button", { name: /^sun/ })).toContainText("3");
});

test("of all that a query finds: set and removed, with a report", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk);
  const page = await open(manager, `/p/${project.id}/library?q=hour<10`);
  await expect(page.getByTestId("library-count")).toContainText("10 of 24");
  await page.getByRole("listbox", { name: "Assets" }).focus();
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Edit metadata" });
  await expect(dialog).toContainText("10 assets: all that the query finds.");
  await dialog.getByRole("combobox", { name: "Field", exact: true }).fill("checked");
  await dialog.getByRole("combobox", { name: "Type of checked" }).click();
  await page.getByRole("option", { name: "True or false" }).click();
  await dialog.getByRole("button", { name: "Another field" }).click();
  await dialog.getByRole("combobox", { name: "Field", exact: true }).nth(1).fill("city");
  await dialog.getByRole("group", { name: "What happens to city" }).or(
    dialog.getByRole("radiogroup", { name: "What happens to city" }),
  ).getByText("Remove").click();
  await dialog.getByRole("button", { name: "Change 10 assets" }).click();
  await expect(dialog.getByRole("status")).toContainText("Done.");
  await expect(dialog).toContainText("Changed10");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  expect(await found(desk, project, "checked:true")).toEqual([...Array(10).keys()]);
  expect(await found(desk, project, "-city:*")).toEqual([...Array(10).keys(), 10, 20]);

  // Once more: nothing is left to change. The field is known by now, and what knows it does not lie in the way.
  await page.keyboard.press("e");
  await dialog.getByRole("combobox", { name: "Field", exact: true }).fill("checked");
  await expect(page.getByRole("listbox", { name: "Field" })).toBeHidden();
  await expect(dialog.getByRole("combobox", { name: "Type of checked" })).toHaveValue("True or false");
  await dialog.getByRole("combobox", { name: "Type of checked" }).click();
  await page.getByRole("option", { name: "True or false" }).click();
  await dialog.getByRole("button", { name: "Change 10 assets" }).click();
  await expect(dialog).toContainText("As they were10");
});

test("the names of known fields are offered, and never in the way", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 6);
  const page = await open(manager, `/p/${project.id}/library`);
  await expect(page.getByTestId("library-count")).toContainText("6 assets");
  await page.getByRole("listbox", { name: "Assets" }).focus();
  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Edit metadata" });
  const field = dialog.getByRole("combobox", { name: "Field", exact: true });
  const names = page.getByRole("listbox", { name: "Field" });
  await expect(field).toBeFocused();
  await expect(names).toBeHidden();
  await field.pressSequentially("o");
  await expect(names).toBeVisible();
  // While it is open, what is filled in next can be clicked.
  await dialog.getByRole("combobox", { name: "Type of o" }).click();
  await expect(names).toBeHidden();
  await page.keyboard.press("Escape");
  await field.fill("ou");
  await page.getByRole("option", { name: "hour" }).click();
  await expect(names).toBeHidden();
  await expect(dialog.getByRole("combobox", { name: "Type of hour" })).toHaveValue("Number");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await expect(field).toBeFocused();
  await expect(names).toBeHidden();
  await field.fill("weath");
  await expect(names).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(names).toBeHidden();
});

test("of the ticked ones alone", async ({ desk, open }) => {
  const { project, manager } = await weatherLibrary(desk, 8);
  const page = await open(manager, `/p/${project.id}/library`);
  await page.getByRole("option", { name: "picture-002.png" }).click();
  await page.getByRole("option", { name: "picture-005.png" }).click({ modifiers: ["Control"] });
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Edit metadata…" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit metadata" });
  await expect(dialog).toContainText("2 assets that you ticked.");
  await dialog.getByRole("combobox", { name: "Field", exact: true }).fill("hour");
  await dialog.getByRole("textbox", { name: "Value of hour" }).fill("99");
  await dialog.getByRole("button", { name: "Change 2 assets" }).click();
  await expect(dialog.getByRole("status")).toContainText("Done.");
  expect(await found(desk, project, "hour=99")).toEqual([2, 5]);
});

test("reviewers see metadata and do not change it", async ({ desk, open }) => {
  const { project } = await weatherLibrary(desk, 3);
  const reviewer = await desk.join(project, ["reviewer"], "Rita Reviewer");
  const [asset] = await desk.assets(project);
  const page = await open(reviewer, `/p/${project.id}/assets/${asset!.id}`);
  await expect(page.getByRole("link", { name: "rain" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Edit / })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Add a field" })).toHaveCount(0);
});
