/** Keeps people out of pages of a project that would only answer them with errors, and says why. */
import { Button } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiError } from "~/api/http";
import { projectQuery } from "~/api/projects";
import { EmptyState, Page } from "~/components/Page";
import { isManager, seesLibrary } from "~/lib/roles";
import { NotFound } from "./fallbacks";
import { useUser } from "./useUser";

const FOR_MANAGERS =
  /^\/p\/[^/]+\/(batches\/new|batches\/[^/]+\/known|uploads|people|settings)(\/|$)/;

export function Gate({ path, children }: { path: string; children: ReactNode }) {
  const projectId = /^\/p\/([^/]+)/.exec(path)?.[1];
  if (projectId === undefined) return children;
  return (
    <ProjectGate key={projectId} projectId={projectId} managers={FOR_MANAGERS.test(path)}>
      {children}
    </ProjectGate>
  );
}

function ProjectGate({
  projectId,
  managers,
  children,
}: {
  projectId: string;
  managers: boolean;
  children: ReactNode;
}) {
  const user = useUser();
  const { data: project, error } = useQuery(projectQuery(projectId));
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  // While it is being fetched the page may begin: the server decides anyway.
  if (project === undefined) return children;
  if (managers ? isManager(user, project) : seesLibrary(user, project)) return children;
  return (
    <Page title="Not for you" note={project.name}>
      <EmptyState
        icon={<IconLock size={24} />}
        title={managers ? "This page is for managers" : "This page is for managers and reviewers"}
        actions={
          <Button component={Link} to="/">
            To the start
          </Button>
        }
      >
        Your role in this project does not open it. A manager can change that under People.
      </EmptyState>
    </Page>
  );
}
