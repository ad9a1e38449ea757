/** When a batch is due: nothing when it is not or has ended, and loud when it has passed. */
import { Badge } from "@mantine/core";
import type { Batch } from "~/api/types";
import { moment } from "~/lib/format";
import { TimeAgo, useNow } from "~/components/TimeAgo";
import { isOverdue } from "./serving";

export function Due({ batch }: { batch: { due_at: string | null; state: Batch["state"] } }) {
  const overdue = isOverdue(batch, useNow());
  if (batch.due_at === null || batch.state === "completed" || batch.state === "cancelled") {
    return null;
  }
  return (
    <Badge
      color={overdue ? "red" : "gray"}
      variant={overdue ? "light" : "outline"}
      tt="none"
      title={`Due ${moment(batch.due_at)}`}
    >
      {overdue ? "Overdue, due " : "Due "}
      <TimeAgo time={batch.due_at} />
    </Badge>
  );
}
