/** Under a list that goes on: fetches the next page. */
import { Button } from "@mantine/core";

export function MoreRows({
  query,
}: {
  query: { isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}) {
  return (
    <div style={{ padding: 10 }}>
      <Button
        variant="default"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        More
      </Button>
    </div>
  );
}
