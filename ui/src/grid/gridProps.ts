/** What tiles and table have in common. */
import type { KeyboardEvent, Ref } from "react";
import type { Asset } from "~/api/types";
import type { VirtualRowsHandle } from "./VirtualRows";

export type PickHow = "only" | "toggle" | "range";

export type GridProps = {
  total: number;
  /** The asset of a row number, when it is here. */
  row: (index: number) => Asset | undefined;
  isSelected: (id: string) => boolean;
  cursor: number;
  handle: Ref<VirtualRowsHandle>;
  /** Rows in view and how many lines they make. */
  onWindow: (first: number, end: number, lines: number) => void;
  onPick: (index: number, how: PickHow) => void;
  onOpen: (index: number) => void;
  onKeyDown: (event: KeyboardEvent) => void;
};
