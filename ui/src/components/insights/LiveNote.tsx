/** Seen only when the figures are not live: then they are asked for every few seconds instead. */
import { Badge, Tooltip } from "@mantine/core";
import type { Live } from "./useLive";

export function LiveNote({ live }: { live: Live }) {
  if (live !== "lost") return null;
  return (
    <Tooltip label="Figures come a few seconds late until the connection is back.">
      <Badge color="gray" role="status">
        Not live
      </Badge>
    </Tooltip>
  );
}
