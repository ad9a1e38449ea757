/** Files packed into a zip: what every reader of zips looks at is where it belongs. The server reads one in e2e/stories/annotations.spec.ts. */
import { expect, test } from "vitest";
import { crc32, ZIP_FILES_MAX, zipOf, zipPaths } from "./zipFiles";

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

/** The bytes of a zip of two files, with so many more behind them, which its end calls a comment. */
async function commented(comment: string): Promise<DataView<ArrayBuffer>> {
  const zip = await zipOf(
    [
      { path: "labels/ä.txt", file: new File(["0 1"], "ä.txt") },
      { path: "data.yaml", file: new File(["names: [a]"], "data.yaml") },
    ],
    "a.zip",
  );
  const view = new DataView(await new Blob([zip, comment]).arrayBuffer());
  view.setUint16(zip.size - 2, view.byteLength - zip.size, true);
  return view;
}

test("the paths in a zip are read from its end, whatever is written behind them", async () => {
  const paths = ["labels/ä.txt", "data.yaml"];
  expect(await zipPaths(new Blob([await commented("")]))).toEqual(paths);
  const mark = `PK\u0005\u0006${" ".repeat(40)}`;
  for (const comment of ["made by hand", mark, "x".repeat(0xffff)]) {
    expect(await zipPaths(new Blob([await commented(comment)])), comment).toEqual(paths);
  }
});

test("without a directory that can be read there are no paths", async () => {
  expect(await zipPaths(new Blob([]))).toBeNull();
  expect(await zipPaths(new Blob(["no zip, but long enough to be one"]))).toBeNull();
  const cut = await commented("");
  expect(await zipPaths(new Blob([cut.buffer.slice(0, -4)]))).toBeNull();
  // So a zip of more than 4 GB says where to look elsewhere.
  const large = await commented("");
  large.setUint32(large.byteLength - 6, 0xffff_ffff, true);
  expect(await zipPaths(new Blob([large]))).toBeNull();
  const astray = await commented("");
  astray.setUint32(astray.byteLength - 6, 1, true);
  expect(await zipPaths(new Blob([astray]))).toBeNull();
});
