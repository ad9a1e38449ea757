/** Files packed into one zip, as they are and not compressed: so a folder goes over in one request; and the paths in any zip. Pure, but for reading them. */
import type { PickedFile } from "./uploading/dropped";

/** What a zip of this kind can hold. */
export const ZIP_FILES_MAX = 65_535;
const BYTES_MAX = 0xffff_ffff;

const LOCAL = 0x0403_4b50;
const CENTRAL = 0x0201_4b50;
const END = 0x0605_4b50;
/** The end record without the comment behind it, and an entry of the directory without its name. */
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const COMMENT_MAX = 0xffff;
/** Bytes of a zip's directory that are read: some 100,000 paths. */
const DIRECTORY_BYTES_MAX = 8 * 1024 * 1024;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01: the dates of the files are of no interest. */
const DATE = 0x0021;

const TABLE = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? 0xedb8_8320 ^ (value >>> 1) : value >>> 1;
  }
  return value >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** Numbers of 2 or 4 bytes, the lowest byte first. */
function packed(
  fields: readonly (readonly [bytes: 2 | 4, value: number])[],
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return out;
}

export async function zipOf(files: readonly PickedFile[], name: string): Promise<File> {
  if (files.length > ZIP_FILES_MAX) {
    throw new Error(`there are more than ${ZIP_FILES_MAX} files: pack them into a zip yourself`);
  }
  const contents: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let directoryBytes = 0;
  for (const { path, file } of files) {
    const called = new TextEncoder().encode(path);
    const crc = crc32(new Uint8Array(await file.arrayBuffer()));
    const about = [
      [2, VERSION],
      [2, FLAGS],
      [2, 0],
      [2, 0],
      [2, DATE],
      [4, crc],
      [4, file.size],
      [4, file.size],
      [2, called.length],
      [2, 0],
    ] as const;
    const local = packed([[4, LOCAL], ...about]);
    const place = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ] as const;
    const central = packed([[4, CENTRAL], [2, VERSION], ...about, ...place]);
    contents.push(local, called, file);
    directory.push(central, called);
    offset += local.length + called.length + file.size;
    directoryBytes += central.length + called.length;
    if (offset + directoryBytes > BYTES_MAX) {
      throw new Error("the files are too large together: pack them into a zip yourself");
    }
  }
  const end = packed([
    [4, END],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, directoryBytes],
    [4, offset],
    [2, 0],
  ]);
  return new File([...contents, ...directory, end], name, { type: "application/zip" });
}

/**
 * The paths of what is in a zip, out of the directory at its end; of a very long one, the first of them. Null when there is none
 * to be read, as in one of the kind for more than 4 GB (zip64).
 */
export async function zipPaths(zip: Blob): Promise<string[] | null> {
  const tail = new DataView(
    await zip.slice(Math.max(0, zip.size - END_BYTES - COMMENT_MAX)).arrayBuffer(),
  );
  // A comment may hold the bytes that mark the end record; only of the record itself does the comment fill the rest.
  const isEnd = (at: number) =>
    tail.getUint32(at, true) === END &&
    tail.getUint16(at + 20, true) === tail.byteLength - at - END_BYTES;
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && !isEnd(end)) end -= 1;
  if (end < 0) return null;
  const bytes = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  if (bytes === BYTES_MAX || offset === BYTES_MAX) return null;
  const directory = await zip
    .slice(offset, offset + Math.min(bytes, DIRECTORY_BYTES_MAX))
    .arrayBuffer();
  const view = new DataView(directory);
  const paths: string[] = [];
  let at = 0;
  while (at + CENTRAL_BYTES <= view.byteLength && view.getUint32(at, true) === CENTRAL) {
    const name = at + CENTRAL_BYTES;
    const nameBytes = view.getUint16(at + 28, true);
    if (name + nameBytes > view.byteLength) break;
    paths.push(new TextDecoder().decode(new Uint8Array(directory, name, nameBytes)));
    at = name + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return paths.length === 0 ? null : paths;
}
