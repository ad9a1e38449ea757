/** Addresses of folders in buckets: one that the server's operator lets be read, and a folder below it. */

export type Folder = { address: string; problem: null } | { address: null; problem: string };

/** The server takes one spelling only, so that nothing leads out of the folder. */
export function folderBelow(source: string, typed: string): Folder {
  const base = source.replace(/\/+$/, "");
  const folder = typed.trim().replace(/^\/+|\/+$/g, "");
  const wrong = (problem: string): Folder => ({ address: null, problem });
  if (/^[a-z][a-z0-9]*:/i.test(folder)) {
    return wrong(`Write only what comes after ${base}/.`);
  }
  if (/[%?#\\]/.test(folder)) return wrong("Write the folder without % ? # or \\.");
  const parts = folder.split("/");
  if (parts.some((part) => part === "." || part === "..")) {
    return wrong("Write the folder without “.” or “..” between the slashes.");
  }
  if (folder !== "" && parts.includes("")) return wrong("There is a slash too many.");
  return { address: folder === "" ? base : `${base}/${folder}`, problem: null };
}
