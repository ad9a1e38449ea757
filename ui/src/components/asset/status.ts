/** Words and colours of an asset's label state. */
import type { AssetStatus } from "~/api/types";

const COLORS: Record<AssetStatus, string> = {
  none: "var(--sheaf-dim)",
  pending: "var(--sheaf-state-pending)",
  claimed: "var(--sheaf-state-claimed)",
  in_review: "var(--sheaf-state-review)",
  done: "var(--sheaf-state-submitted)",
  rejected: "var(--sheaf-state-blocked)",
  blocked: "var(--sheaf-state-blocked)",
  cancelled: "var(--sheaf-state-pending)",
};
const TEXTS: Record<AssetStatus, string> = {
  none: "Not in a batch",
  pending: "Pending",
  claimed: "In hand",
  in_review: "In review",
  done: "Done",
  rejected: "Sent back",
  blocked: "Blocked",
  cancelled: "Cancelled",
};

export const statusColor = (status: AssetStatus): string => COLORS[status];
export const statusText = (status: AssetStatus): string => TEXTS[status];
