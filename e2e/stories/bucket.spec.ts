/** A folder of a bucket becomes an upload: begun, stopped, gone on with, looked through again. */
import type { Page } from "@playwright/test";
import { png } from "../desk/png";
import { expect, test } from "../desk/test";

const figure = (page: Page, label: string) => page.getByText(label, { exact: true }).locator("..");

test("a manager brings in a folder of a bucket, stops, goes on, and takes what is new", async ({
  desk,
  bucket,
  open,
}) => {
  test.skip(bucket === null, "there is no S3 server: SHEAF_TEST_S3");
  if (bucket === null) return;
  for (let n = 0; n < 3; n += 1) await bucket.put(`day 1/${n}.png`, png(n));
  await bucket.put("day 1/note.txt", Buffer.from("a text among pictures"));
  await bucket.put("day 1/a//b.png", png(9));
  await bucket.put("day 2/0.png", png(8));
  const project = await desk.project();
  const page = await open(await desk.manager(project), `/p/${project.id}/uploads`);

  // All of it by the keyboard.
  await page.getByRole("link", { name: "From a bucket" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "From a bucket" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Bucket" })).toHaveValue(bucket.address);
  const folder = page.getByLabel("Folder in it");
  await folder.fill("day 1/..");
  await expect(page.getByText("Write the folder without “.” or “..”")).toBeVisible();
  await expect(page.getByRole("button", { name: "Bring it in" })).toBeDisabled();
  await folder.fill("day 1");
  await page.getByLabel("Name of the upload").fill("day one");
  bucket.hold();
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "day one" })).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "Bringing in" })).toBeVisible();
  await page.reload();
  const section = page.getByRole("region", { name: "Coming in from a bucket" });
  await expect(section).toContainText(`${bucket.address}/day 1`);
  await section.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Cancelled", { exact: true })).toBeVisible();
  bucket.letGo();

  const done = page.getByRole("region", { name: "From a bucket" });
  await done.getByRole("button", { name: "Go on" }).press("Enter");
  await expect(done.getByRole("status")).toHaveText("Looked through: 5 objects looked at, 4 new");
  await expect(figure(page, "Added")).toContainText("3");
  const report = page.getByRole("region", { name: "Refused: 2" });
  await expect(report.getByRole("row", { name: /a\/\/b\.png/ })).toContainText("bad_path");
  await expect(report.getByRole("row", { name: /note\.txt/ })).toContainText("unsupported_type");

  // Finished, and later more is there.
  await done.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByText("Finished", { exact: true })).toBeVisible();
  await bucket.put("day 1/4.png", png(4));
  await page.reload();
  await done.getByRole("button", { name: "Look for what is new" }).press("Enter");
  await expect(figure(page, "Added")).toContainText("4");
  await expect(done.getByRole("status")).toContainText("6 objects looked at");
  await expect(page.getByText("Open", { exact: true })).toBeVisible();
  expect((await desk.assets(project)).length).toBe(4);
});

test("where no bucket may be read the page says who can change that", async ({ desk, open }) => {
  const project = await desk.project();
  const page = await open(await desk.manager(project));
  await page.route("**/upload-sources", (route) => route.fulfill({ json: { items: [] } }));
  await page.goto(`/p/${project.id}/uploads/bucket`);
  await expect(page.getByRole("heading", { name: "No bucket may be read yet" })).toBeVisible();
  await expect(page.getByRole("region", { name: "How the server is started" })).toContainText("--sources");
  // And a server that cannot say is asked again.
  await page.unroute("**/upload-sources");
  await page.route("**/upload-sources", (route) => route.fulfill({ status: 503, json: {} }));
  await page.reload();
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
});
