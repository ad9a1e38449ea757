/** The desk's frame around the pages, and where "/" leads. */
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { onSessionLost } from "~/api/http";
import { projectsQuery } from "~/api/projects";
import { sessionQuery } from "~/api/session";
import { Waiting } from "~/components/Page";
import { UploadDock } from "~/components/uploading/UploadDock";
import { Shell } from "~/features/shell/Shell";
import { seesLibrary } from "~/lib/roles";
import { Gate } from "./gate";
import { prefetchPages } from "./pages";
import { useUser } from "./useUser";

export function Frame() {
  const user = useUser();
  const { data } = useQuery(sessionQuery);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const router = useRouter();
  useEffect(
    () =>
      onSessionLost(() => {
        const { pathname, href } = router.state.location;
        if (pathname === "/login") return;
        void router.navigate({ to: "/login", search: { next: href } });
      }),
    [router],
  );
  useEffect(() => {
    const timer = setTimeout(prefetchPages, 1500);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Shell
      user={user}
      version={data?.version ?? ""}
      focusMode={/^\/label(\/|$)|\/batches\/[^/]+\/known$/.test(path)}
      extras={<UploadDock />}
    >
      <Suspense fallback={<Waiting what="page" />}>
        <Gate path={path}>
          <Outlet />
        </Gate>
      </Suspense>
    </Shell>
  );
}

/** Managers start at their projects, annotators at their queue. */
export function HomeRoute() {
  const user = useUser();
  const { data, error } = useQuery(projectsQuery);
  if (error !== null) throw error;
  if (data === undefined) return <Waiting what="projects" />;
  const desk = user.is_admin || data.items.some((project) => seesLibrary(user, project));
  return desk ? <Navigate to="/projects" replace /> : <Navigate to="/label" replace />;
}
