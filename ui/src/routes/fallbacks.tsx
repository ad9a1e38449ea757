/** What is shown when there is no page, or when one breaks. */
import { Button } from "@mantine/core";
import { IconAlertTriangle, IconMapPinOff } from "@tabler/icons-react";
import { Link, useRouter } from "@tanstack/react-router";
import { EmptyState, Page } from "~/components/Page";
import { errorWords } from "~/components/notify";
import { ApiError } from "~/api/http";

export function NotFound() {
  return (
    <Page title="Nothing here">
      <EmptyState
        icon={<IconMapPinOff size={24} />}
        title="There is nothing at this address"
        actions={
          <Button component={Link} to="/">
            To the start
          </Button>
        }
      >
        It was deleted, or you may not see it, or the address has a slip in it.
      </EmptyState>
    </Page>
  );
}

/** The same, outside the desk's frame. */
export function NotFoundAlone() {
  return (
    <main style={{ height: "100%" }}>
      <NotFound />
    </main>
  );
}

export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  const { message, hint } = errorWords(error);
  return (
    <Page title="This page broke">
      <EmptyState
        icon={<IconAlertTriangle size={24} />}
        title="This page broke"
        actions={
          <>
            <Button onClick={() => void router.invalidate()}>Try again</Button>
            <Button variant="default" onClick={() => window.location.assign("/")}>
              To the start
            </Button>
          </>
        }
      >
        {message} {hint ?? "Nothing that you saved is lost."}
      </EmptyState>
    </Page>
  );
}
