/** Answers that people gave elsewhere: their batch is shown as what it is, an asset's page says who answered, nobody is offered one. */
import { box } from "../desk/answer";
import { BOX_AND_KIND } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

test("a batch of answers that were brought in is shown as done elsewhere", async ({
  desk,
  open,
}) => {
  const project = await desk.project({ taxonomy: BOX_AND_KIND });
  await desk.images(project, 2);
  const [first, second] = await desk.assets(project);
  const row = (asset: string | undefined, annotator: string, kind: string) => ({
    asset_id: asset,
    annotator,
    answered_at: "2025-03-02T10:04:00Z",
    response: { annotations: [box(20)], fields: { kind } },
  });
  const items = [
    row(first?.id, "kim@x.org", "dog"),
    row(first?.id, "lee, in CVAT", "cat"),
    row(second?.id, "kim@x.org", "dog"),
  ];
  const done = await desk.admin.api.put<{ added: number; batch_id: string }>(
    `/projects/${project.id}/answers?batch=From%20there`,
    { items },
  );
  expect(done.added).toBe(3);

  const page = await open(await desk.manager(project), `/p/${project.id}/batches`);
  const line = page.getByRole("row").filter({ hasText: "From there" });
  await expect(line).toContainText("Brought in");
  await expect(line).toContainText("3 answers");
  await line.getByRole("link", { name: "From there" }).click();
  await expect(page.getByText("given elsewhere")).toBeVisible();
  await expect(page.getByRole("region", { name: "Agreement" })).toContainText("kim@x.org");
  await expect(page.getByRole("region", { name: "Progress" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Launch" })).toHaveCount(0);
  await expect(page.locator("body")).not.toContainText(/NaN|unknown/);

  await page.goto(`/p/${project.id}/assets/${first?.id ?? ""}`);
  await expect(page.getByText("lee, in CVAT, brought in")).toBeVisible();

  const annotator = await open(await desk.annotator(project), "/label");
  await expect(annotator.getByText("lee, in CVAT")).toHaveCount(0);
  const queue = await desk.admin.api.get<{ total: number }>(
    `/projects/${project.id}/assets?q=${encodeURIComponent("is:labelled label:car")}`,
  );
  expect(queue.total).toBe(2);
});
