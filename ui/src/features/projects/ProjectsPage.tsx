/** /projects: all projects of the person, and the way to a new one. */
import { Badge, Button, Switch } from "@mantine/core";
import { IconFolderPlus, IconLetterT, IconPhoto, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { projectsQuery } from "~/api/projects";
import type { Project, User } from "~/api/types";
import { useCommands } from "~/commands/useCommands";
import { EmptyState, Failure, Page, Waiting } from "~/components/Page";
import { TimeAgo } from "~/components/TimeAgo";
import { countShort } from "~/lib/format";
import { ROLE_NAMES, seesLibrary } from "~/lib/roles";
import { NewProject } from "./NewProject";
import css from "./projects.module.css";

export function ProjectsPage({ user }: { user: User }) {
  const query = useQuery(projectsQuery);
  const [making, setMaking] = useState(false);
  const [archived, setArchived] = useState(false);
  useCommands([
    {
      id: "project.new",
      label: "New project",
      group: "Projects",
      shortcut: "n p",
      enabled: user.is_admin,
      run: () => setMaking(true),
    },
  ]);
  const all = query.data?.items ?? [];
  const shown = all.filter((project) => archived || !project.archived);
  const hasArchived = all.some((project) => project.archived);
  const newButton = user.is_admin ? (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setMaking(true)}>
      New project
    </Button>
  ) : undefined;
  return (
    <Page
      title="Projects"
      actions={
        <>
          {hasArchived && (
            <Switch
              label="Show archived"
              checked={archived}
              onChange={(event) => setArchived(event.currentTarget.checked)}
            />
          )}
          {newButton}
        </>
      }
    >
      {query.isPending && <Waiting what="projects" />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && shown.length === 0 && (
        <EmptyState icon={<IconFolderPlus size={24} />} title="No projects yet" actions={newButton}>
          {user.is_admin
            ? "A project is one labelling job: its library of assets, its taxonomy, its batches and its people. Make the first one, then upload into it."
            : "Nobody has added you to a project. Ask an admin for an invitation."}
        </EmptyState>
      )}
      <div className={css.grid}>
        {shown.map((project) => (
          <ProjectCard key={project.id} project={project} user={user} />
        ))}
      </div>
      {making && <NewProject onClose={() => setMaking(false)} />}
    </Page>
  );
}

function ProjectCard({ project, user }: { project: Project; user: User }) {
  const to = seesLibrary(user, project) ? "/p/$projectId/library" : "/label/$projectId";
  return (
    <Link to={to} params={{ projectId: project.id }} className={css.card}>
      <div className={css.head}>
        <div className={css.icon} aria-hidden>
          {project.media === "text" ? <IconLetterT size={17} /> : <IconPhoto size={17} />}
        </div>
        <h2>{project.name}</h2>
        {project.archived && <Badge color="gray">Archived</Badge>}
        {!user.is_admin &&
          project.roles.map((role) => (
            <Badge key={role} color="gray">
              {ROLE_NAMES[role]}
            </Badge>
          ))}
      </div>
      <div className={css.figures}>
        <div>
          <b>{countShort(project.n_assets)}</b>
          <span>
            {project.media}
            {project.n_assets === 1 ? "" : "s"}
          </span>
        </div>
        <div>
          <b>{countShort(project.n_batches)}</b>
          <span>{project.n_batches === 1 ? "batch" : "batches"}</span>
        </div>
      </div>
      <div className={css.foot}>
        {project.attribution === null ? (
          <>
            Made <TimeAgo time={project.created_at} />
          </>
        ) : (
          `${project.attribution.title} (${project.attribution.source}), ${project.attribution.licence}`
        )}
      </div>
    </Link>
  );
}
