/** The library when there is nothing to show: nothing matches, or nothing was uploaded yet. */
import { Button } from "@mantine/core";
import { IconSearchOff, IconUpload } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "~/components/Page";

export function EmptyLibrary({
  projectId,
  q,
  manager,
  onClear,
}: {
  projectId: string;
  q: string;
  manager: boolean;
  onClear: () => void;
}) {
  if (q !== "") {
    return (
      <EmptyState
        icon={<IconSearchOff size={22} />}
        title="Nothing matches"
        actions={
          <Button variant="default" onClick={onClear}>
            Clear the query
          </Button>
        }
      >
        No asset of this library matches the query. Take a term out, or clear it.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconUpload size={22} />}
      title="The library is empty"
      actions={
        manager && (
          <Button component={Link} to={`/p/${projectId}/uploads/new`}>
            Upload files
          </Button>
        )
      }
    >
      Upload images or texts, or a CSV or JSONL manifest with their metadata. Uploading starts
      nothing: annotators see an asset only when it is in a launched batch.
    </EmptyState>
  );
}
