/** Files out of a drop or a file dialog, folders walked, with their paths. */

export type PickedFile = { path: string; file: File };

/** Files that systems leave in folders and nobody means to upload. */
const JUNK = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|__MACOSX\/.*)$/;

export const isJunk = (path: string): boolean => JUNK.test(path);

function readEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function entryFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function walk(entry: FileSystemEntry, out: PickedFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\/+/, "");
  if (entry.isFile) {
    if (!isJunk(path)) out.push({ path, file: await entryFile(entry as FileSystemFileEntry) });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives about a hundred at a time, until it gives none.
  for (;;) {
    const batch = await readEntries(reader);
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, out);
  }
}

/** All files of a drop. Must be called in the drop event itself. */
export async function droppedFiles(transfer: DataTransfer): Promise<PickedFile[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry());
  const loose = [...transfer.files];
  const out: PickedFile[] = [];
  if (entries.every((entry) => entry === null)) return pickedFiles(loose);
  for (const entry of entries) if (entry !== null) await walk(entry, out);
  return byPath(out);
}

/** Files of an input element, a whole folder or single ones. */
export function pickedFiles(files: Iterable<File>): PickedFile[] {
  return byPath(
    [...files]
      .map((file) => ({
        path: file.webkitRelativePath || file.name,
        file,
      }))
      .filter((entry) => !isJunk(entry.path)),
  );
}

/** In the order people expect of names with numbers; that is also the order of upload. */
function byPath(files: PickedFile[]): PickedFile[] {
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  return files.sort((a, b) => compare(a.path, b.path));
}

const MANIFEST = /\.(csv|tsv|jsonl|ndjson)$/i;

/** The one CSV or JSONL file among the files, which then describes the others. */
export function manifestAmong(files: readonly PickedFile[]): PickedFile | null {
  const found = files.filter((entry) => MANIFEST.test(entry.path));
  return found.length === 1 ? (found[0] ?? null) : null;
}
