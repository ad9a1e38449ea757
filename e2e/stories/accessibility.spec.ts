/** No page has a serious or critical finding of axe, in light and in dark. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { csv, pictures } from "../desk/desk";
import { judged } from "../desk/judged";
import { labelDesk } from "../desk/label";
import { BOX_AND_KIND, PEOPLE_AND_PLACES } from "../desk/taxonomies";
import { expect, test } from "../desk/test";

async function findings(page: Page, where: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${where}: ${id} ${target.join(" ")} ${failureSummary}`),
    );
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`every page, ${colorScheme}`, async ({ desk, open }) => {
    test.setTimeout(300_000);
    const project = await desk.project({ name: `Streets, ${colorScheme}`, taxonomy: BOX_AND_KIND });
    const files = pictures(6);
    const manifest = csv([
      ["file", "weather", "hour"],
      ...files.map(({ name }, i) => [name, i % 2 === 0 ? "rain" : "sun", i]),
    ]);
    await desk.upload(project, files, { name: "drive", manifest: manifest.text });
    const batch = await desk.batch(project, { pick: "all" }, { launch: true });
    const texts = await desk.project({
      name: `Letters, ${colorScheme}`,
      media: "text",
      taxonomy: PEOPLE_AND_PLACES,
    });
    await desk.texts(texts, { "a.txt": "Jane met Bob in Zurich." });
    await desk.batch(texts, { pick: "all" }, { launch: true });
    const several = await judged(desk);
    const gold = await desk.batch(project, { pick: "all" }, { kind: "gold" });
    const [asset] = await desk.assets(project);
    const { items: uploads } = await desk.admin.api.get<{ items: { id: string }[] }>(
      `/projects/${project.id}/uploads`,
    );

    const update = await desk.admin.api.postBytes<{ id: string }>(
      `/projects/${project.id}/metadata-updates`,
      '{"ref": "nobody", "metadata": {"a": 1}}\n',
      "application/jsonl",
    );

    const found: string[] = [];
    const door = await open(null, "/login", { colorScheme });
    await expect(door.getByRole("heading", { name: "Log in" })).toBeVisible();
    found.push(...(await findings(door, "/login")));

    const p = `/p/${project.id}`;
    const page = await open(desk.admin, "/projects", { colorScheme });
    const pages: [string, () => Promise<void>][] = [
      ["/projects", () => seen(page, "Projects")],
      [`${p}/library`, () => expect(page.getByRole("option").first()).toBeVisible()],
      [`${p}/library?view=table`, () => expect(page.getByRole("row").nth(2)).toBeVisible()],
      [`${p}/library?q=wether:rain`, () => expect(page.getByRole("alert")).toBeVisible()],
      [`${p}/assets/${asset!.id}`, () => seen(page, "picture-000.png")],
      [`${p}/uploads`, () => seen(page, "Uploads")],
      [`${p}/uploads/new`, () => seen(page, "Upload")],
      [`${p}/uploads/bucket`, () => seen(page, "From a bucket")],
      [`${p}/uploads/metadata`, () => expect(page.getByText("A JSONL file")).toBeVisible()],
      [`${p}/uploads/metadata/new`, () => expect(page.getByText("What a row says")).toBeVisible()],
      [
        `${p}/uploads/metadata/${update.id}`,
        () => expect(page.getByRole("region", { name: "What was refused" })).toContainText("unknown_ref"),
      ],
      [`${p}/uploads/${uploads[0]!.id}`, () => seen(page, "drive")],
      [`${p}/uploads/${uploads[0]!.id}/annotations`, () => expect(page.getByText("What comes of it")).toBeVisible()],
      [`${p}/batches`, () => seen(page, "Batches")],
      [`${p}/batches/new`, () => expect(page.getByTestId("funnel-picked")).toBeVisible()],
      [`${p}/batches/standing`, () => expect(page.getByText("No standing batches yet")).toBeVisible()],
      [`${p}/batches/standing/new`, () => seen(page, "Make a standing batch")],
      [`${p}/batches/${batch.id}`, () => seen(page, batch.name)],
      [
        `/p/${several.project.id}/batches/${several.batch.id}`,
        () => expect(page.getByRole("region", { name: "Agreement" }).getByRole("table").first()).toBeVisible(),
      ],
      [`${p}/batches/${gold.id}`, () => expect(page.getByRole("link", { name: "Write answers" })).toBeVisible()],
      [
        `${p}/batches/${gold.id}/known`,
        () => expect(page.getByRole("application", { name: "picture-000.png" })).toBeVisible(),
      ],
      [`${p}/batches/order`, () => seen(page, "Queue order")],
      [`${p}/insights`, () => seen(page, "Insights")],
      [`${p}/settings?tab=webhooks`, () => expect(page.getByText("No webhooks")).toBeVisible()],
      [`${p}/export`, () => seen(page, "Export")],
      [`${p}/people`, () => expect(page.getByRole("button", { name: /invite/i }).first()).toBeVisible()],
      [`${p}/settings`, () => seen(page, "Settings")],
      [`${p}/settings?tab=taxonomy`, () => expect(page.getByText("Car").first()).toBeVisible()],
      ["/admin/people", () => expect(page.getByText(desk.admin.email).first()).toBeVisible()],
      ["/account", () => expect(page.getByText(desk.admin.email).first()).toBeVisible()],
    ];
    for (const [path, isThere] of pages) {
      await page.goto(path);
      await isThere();
      found.push(...(await findings(page, path)));
    }

    const images = await open(await desk.annotator(project), "/label", { colorScheme });
    await expect(labelDesk(images).image("picture-000.png")).toBeVisible();
    found.push(...(await findings(images, "an image to label")));
    await images.keyboard.press("?");
    await expect(images.getByRole("dialog", { name: "Keys" })).toBeVisible();
    found.push(...(await findings(images, "the keys of an image")));

    const reviewer = await desk.join(several.project, ["reviewer"], "Rita Reviewer");
    const review = await open(reviewer, "/label", { colorScheme });
    await expect(review.getByRole("complementary", { name: "Review" })).toContainText("Merged");
    found.push(...(await findings(review, "a review of several answers")));

    const letters = await open(await desk.annotator(texts), "/label", { colorScheme });
    await expect(labelDesk(letters).stage).toContainText("Jane");
    found.push(...(await findings(letters, "a text to label")));
    await letters.goto("/history");
    await expect.soft(letters.getByText("Nothing yet")).toBeVisible();
    found.push(...(await findings(letters, "/history")));

    expect([...new Set(found)]).toEqual([]);
  });
}

const seen = (page: Page, heading: string) =>
  expect(page.getByRole("heading", { name: heading, level: 1, exact: true })).toBeVisible();
