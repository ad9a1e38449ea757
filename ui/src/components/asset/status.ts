/** Words and colours of an asset's label state. */

const COLORS: Record<string, string> = {
  pending: "var(--sheaf-state-pending)",
  claimed: "var(--sheaf-state-claimed)",
  submitted: "var(--sheaf-state-submitted)",
  in_review: "var(--sheaf-state-claimed)",
  done: "var(--sheaf-state-submitted)",
  skipped: "var(--sheaf-state-skipped)",
  rejected: "var(--sheaf-state-blocked)",
  blocked: "var(--sheaf-state-blocked)",
  cancelled: "var(--sheaf-state-pending)",
};
const TEXTS: Record<string, string> = {
  none: "Not in a batch",
  pending: "Pending",
  claimed: "In hand",
  submitted: "Submitted",
  in_review: "In review",
  done: "Done",
  skipped: "Skipped",
  rejected: "Rejected",
  blocked: "Blocked",
  cancelled: "Cancelled",
};

export const statusColor = (status: string): string => COLORS[status] ?? "var(--sheaf-dim)";
export const statusText = (status: string): string => TEXTS[status] ?? status;
