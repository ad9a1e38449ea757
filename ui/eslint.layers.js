/**
 * The import-direction rules of src, one config object per layer and per feature.
 * The order below is the direction: a folder may import those before it, never those after it.
 */
import { existsSync, readdirSync } from "node:fs";

/** Lower layers first; folders in one row may not import each other unless listed in `beside`. */
const ORDER = [
  ["lib"],
  ["api", "theme", "commands"],
  ["components", "canvas", "grid"],
  ["features"],
  ["routes"],
];
/** Imports inside one row that are allowed: from -> to. */
const BESIDE = { grid: ["components"], canvas: ["components"] };

const rule = (files, patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

const forbid = (folder, why) => ({ group: [`~/${folder}`, `~/${folder}/**`], message: why });

/** Every folder below `features` gets: no higher layer, no relative import out of src folders. */
export function layers() {
  const out = [];
  ORDER.forEach((row, level) => {
    for (const folder of row) {
      if (folder === "features") continue;
      const higher = ORDER.slice(level + 1).flat();
      const side = row.filter(
        (other) => other !== folder && !(BESIDE[folder] ?? []).includes(other),
      );
      const banned = [...higher, ...(level > 1 ? side : [])].map((name) =>
        forbid(name, `${folder} may not import ${name}: see the order in eslint.layers.js`),
      );
      if (banned.length > 0) out.push(rule([`src/${folder}/**/*.{ts,tsx}`], banned));
    }
  });
  return out;
}

/** A feature imports lower layers and itself. */
export function featureWalls() {
  if (!existsSync("src/features")) return [];
  const features = readdirSync("src/features", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  return features.map((feature) =>
    rule(
      [`src/features/${feature}/**/*.{ts,tsx}`],
      [
        forbid("routes", "features may not import routes: routes mount features"),
        ...features
          .filter((other) => other !== feature)
          .map((other) =>
            forbid(`features/${other}`, `no feature imports another (${feature} -> ${other})`),
          ),
      ],
    ),
  );
}
