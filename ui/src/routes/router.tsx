/** The address tree: which page stands behind which URL. */
import { createRootRoute, createRouter } from "@tanstack/react-router";

const root = createRootRoute({ component: () => <main>Sheaf</main> });
export const router = createRouter({ routeTree: root });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
