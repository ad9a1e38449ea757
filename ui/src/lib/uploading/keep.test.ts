import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { forgetUpload, KEEP_LIMIT, keepUpload, keptUploads } from "./keep";

const upload = (uploadId: string, bytes: number) => ({
  uploadId,
  projectId: "prj_1",
  name: "Night",
  launch: false,
  files: [{ path: "a.png", file: new File(["x"], "a.png") }],
  count: 1,
  bytes,
});

it("keeps small uploads with files, big ones without, and forgets", async () => {
  expect(await keepUpload(upload("a", 1))).toBe(true);
  expect(await keepUpload(upload("b", KEEP_LIMIT + 1))).toBe(false);
  const kept = await keptUploads();
  expect(kept.find((entry) => entry.uploadId === "a")?.files).toHaveLength(1);
  expect(kept.find((entry) => entry.uploadId === "b")?.files).toBeNull();
  await forgetUpload("a");
  await forgetUpload("b");
  expect(await keptUploads()).toEqual([]);
});
