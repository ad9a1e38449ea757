/** Kinds of batches: those whose answers are known measure people, the others label data. Pure. */
import type { BatchKind } from "~/api/types";

export const LABELLING_KINDS: readonly BatchKind[] = ["production", "calibration", "self_label"];
export const ALL_KINDS: readonly BatchKind[] = [...LABELLING_KINDS, "gold", "training"];

/** Its answers are known before it is launched. */
export const isQuality = (kind: BatchKind): boolean => kind === "gold" || kind === "training";

/** Of a person's claims, how many in a hundred are gold. */
export const GOLD_RATE = { usual: 5, min: 1, max: 50 } as const;

/** In training people are to find the answer themselves. */
export const beginsWithPrelabels = (kind: BatchKind): boolean => kind !== "training";
