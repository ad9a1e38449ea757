/** Files packed into a zip: what every reader of zips looks at is where it belongs. The server reads one in e2e/stories/annotations.spec.ts. */
import { expect, test } from "vitest";
import { crc32, ZIP_FILES_MAX, zipOf } from "./zipFiles";

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("the checksum is that of zips", () => {
  expect(crc32(bytesOf("123456789"))).toBe(0xcbf43926);
  expect(crc32(bytesOf(""))).toBe(0);
});

test("names, sizes and places are told at the end", async () => {
  const files = [
    { path: "labels/ä.txt", file: new File(["0 1"], "ä.txt") },
    { path: "labels/empty.txt", file: new File([], "empty.txt") },
  ];
  const zip = await zipOf(files, "labels.zip");
  expect(zip.name).toBe("labels.zip");
  const view = new DataView(await zip.arrayBuffer());
  const end = view.byteLength - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  expect(view.getUint16(end + 10, true)).toBe(2);
  let at = view.getUint32(end + 16, true);
  for (const { path, file } of files) {
    const name = bytesOf(path);
    expect(view.getUint32(at, true)).toBe(0x02014b50);
    expect(view.getUint32(at + 20, true)).toBe(file.size);
    expect(view.getUint16(at + 28, true)).toBe(name.length);
    expect([...new Uint8Array(view.buffer, at + 46, name.length)]).toEqual([...name]);
    const place = view.getUint32(at + 42, true);
    expect(view.getUint32(place, true)).toBe(0x04034b50);
    const content = new Uint8Array(view.buffer, place + 30 + name.length, file.size);
    expect(view.getUint32(at + 16, true)).toBe(crc32(content));
    at += 46 + name.length;
  }
  expect(at).toBe(end);
});

test("more files than fit are refused", async () => {
  const one = { path: "a", file: new File([], "a") };
  const many = Array.from({ length: ZIP_FILES_MAX + 1 }, () => one);
  await expect(zipOf(many, "a.zip")).rejects.toThrow("pack them into a zip yourself");
});
