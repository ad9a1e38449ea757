/** Bringing data in: files, a broken one among them, a manifest, a reload on the way, the same once more. */
import type { Page } from "@playwright/test";
import { csv, pictures, type GivenFile } from "../desk/desk";
import { brokenPng } from "../desk/png";
import { expect, test } from "../desk/test";

async function choose(page: Page, files: GivenFile[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Choose files" }).click(),
  ]);
  await chooser.setFiles(files.map(({ name, mimeType, buffer }) => ({ name, mimeType, buffer })));
}

/** Lets go of files over the page, as a drag from the desktop does. */
async function drop(page: Page, files: GivenFile[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (given) => {
      const out = new DataTransfer();
      for (const { name, type, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        out.items.add(new File([bytes], name, { type }));
      }
      return out;
    },
    files.map(({ name, mimeType, buffer }) => ({
      name,
      type: mimeType,
      base64: buffer.toString("base64"),
    })),
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** One figure of an upload's page. */
const figure = (page: Page, label: string) =>
  page.getByText(label, { exact: true }).locator("..");

test("dropped files arrive, a broken one is in the report, the good ones stay", async ({
  desk,
  open,
}) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads/new`);
  await expect(page.getByText("Drop files or a folder anywhere on this page")).toBeVisible();
  const broken = { name: "broken.png", mimeType: "image/png", buffer: brokenPng() };
  await drop(page, [...pictures(4), broken]);
  await expect(page.getByText("5 files,")).toBeVisible();
  await page.getByLabel("Name of the upload").fill("first drive");
  await page.getByRole("button", { name: "Upload 5 files" }).click();

  await expect(page.getByRole("heading", { name: "first drive" })).toBeVisible();
  const report = page.getByRole("region", { name: "Refused: 1" });
  await expect(report.getByRole("row", { name: /broken\.png/ })).toContainText("broken_image");
  await expect(figure(page, "Added")).toContainText("4");
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "In the library" }).click();
  await expect(page.getByTestId("library-count")).toContainText("4 of 4");
  await expect(page.getByRole("option", { name: "picture-000.png" })).toBeVisible();
  await expect(page.getByRole("option", { name: "broken.png" })).toHaveCount(0);
});

test("the same upload once more adds nothing", async ({ desk, open }) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project));
  for (const _time of ["first", "second"]) {
    await page.goto(`/p/${project.id}/uploads/new`);
    await choose(page, pictures(3));
    await page.getByLabel("Name of the upload").fill("twice");
    await page.getByRole("button", { name: "Upload 3 files" }).click();
    await expect(page.getByText("Nothing was refused")).toBeVisible();
    await expect(figure(page, "Added")).toContainText("3");
    expect(await desk.assets(project)).toHaveLength(3);
  }
});

test("a manifest is shown with its columns and types before it is taken in", async ({
  desk,
  open,
}) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads/new`);
  const manifest = csv([
    ["file", "weather", "hour", "night"],
    ["picture-000.png", "rain", 5, "true"],
    ["picture-001.png", "sun", 12, "false"],
    ["picture-002.png", "rain", 23, "true"],
  ]);
  await choose(page, [manifest, ...pictures(3)]);
  await expect(page.getByLabel("Use manifest.csv as the manifest")).toBeChecked();
  await page.getByRole("button", { name: "Look at the manifest" }).click();

  await expect(page.getByRole("region", { name: "3 rows, 4 columns" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Role of file" })).toHaveValue("Path of a file");
  await expect(page.getByRole("combobox", { name: "Type of weather" })).toHaveValue("text");
  await expect(page.getByRole("combobox", { name: "Type of hour" })).toHaveValue("number");
  await expect(page.getByRole("combobox", { name: "Type of night" })).toHaveValue("boolean");
  expect(await desk.assets(project), "nothing is added by looking").toHaveLength(0);

  await page.getByRole("button", { name: "Take in 3 rows and upload 3 files" }).click();
  await expect(page.getByText("Nothing was refused")).toBeVisible();
  const assets = await desk.assets(project, "weather:rain hour>6");
  expect(assets.map(({ name, metadata }) => [name, metadata])).toEqual([
    ["picture-002.png", { weather: "rain", hour: 23, night: true }],
  ]);
});

test("rows of a manifest that are wrong are named, and the others stay", async ({ desk, open }) => {
  const project = await desk.project({ media: "text" });
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads/new`);
  await choose(page, [
    csv([
      ["ref", "text", "stars"],
      ["a", "good food", 5],
      ["b", "bad food", 1, "one too many"],
      ["c", "some food", 3],
    ]),
  ]);
  await page.getByRole("button", { name: "Look at the manifest" }).click();
  await expect(page.getByRole("region", { name: "1 row will be refused" })).toContainText(
    "ragged_row",
  );
  await page.getByRole("button", { name: "Add 2 rows to the library" }).click();
  const report = page.getByRole("region", { name: "Refused: 1" });
  await expect(report.getByRole("row", { name: /ragged_row/ })).toBeVisible();
  await expect(figure(page, "Added")).toContainText("2");
  expect((await desk.assets(project)).map(({ metadata }) => metadata)).toEqual([
    { stars: 5 },
    { stars: 3 },
  ]);
});

test("an upload goes on after a reload, and sends only what had not arrived", async ({
  desk,
  open,
}) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads/new`);
  const isFile = (url: URL) => /\/uploads\/[^/]+\/files$/.test(url.pathname);
  const sent: string[] = [];
  let holding = true;
  // Before the reload only the first two files get through; the others hang on a slow line.
  await page.route(isFile, async (route) => {
    const path = new URL(route.request().url()).searchParams.get("path") ?? "";
    if (route.request().method() !== "PUT") return route.continue();
    if (holding && path > "picture-001.png") return;
    sent.push(path);
    return route.continue();
  });
  await choose(page, pictures(6));
  await page.getByLabel("Name of the upload").fill("slow line");
  await page.getByRole("button", { name: "Upload 6 files" }).click();
  await expect(page.getByRole("status").filter({ hasText: "2 of 6 files" })).toBeVisible();
  expect(sent.sort()).toEqual(["picture-000.png", "picture-001.png"]);

  holding = false;
  sent.length = 0;
  await page.reload();
  await expect(page.getByText("Nothing was refused")).toBeVisible();
  await expect(figure(page, "Added")).toContainText("6");
  expect(sent.sort()).toEqual([2, 3, 4, 5].map((n) => `picture-00${n}.png`));
  expect(await desk.assets(project)).toHaveLength(6);
});

test("an upload that is paused stays so over a reload, and goes on when asked", async ({ desk, open }) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads/new`);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(
    (url) => url.searchParams.get("path") === "picture-002.png",
    async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    },
  );
  await choose(page, pictures(3));
  await page.getByRole("button", { name: "Upload 3 files" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused")).toBeVisible();
  // A reload does not start what somebody stopped.
  await page.reload();
  await expect(page.getByText("Paused")).toBeVisible();
  release();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("Nothing was refused")).toBeVisible();
  expect(await desk.assets(project)).toHaveLength(3);
});
