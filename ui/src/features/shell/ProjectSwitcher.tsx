/** The top of the rail: which project this is, and the way to another. */
import { Menu } from "@mantine/core";
import { IconCheck, IconFolders, IconSelector } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Project } from "~/api/types";
import { Brand } from "~/components/Brand";
import { countShort } from "~/lib/format";
import css from "./shell.module.css";

export function ProjectSwitcher({
  projects,
  project,
  canManage,
}: {
  projects: Project[];
  project: Project | null;
  canManage: boolean;
}) {
  const navigate = useNavigate();
  if (!canManage) {
    return (
      <Link to="/label" className={css.switcher}>
        <Brand />
        <strong className={css.hideNarrow}>Sheaf</strong>
      </Link>
    );
  }
  return (
    <Menu position="bottom-start" width={280} withinPortal>
      <Menu.Target>
        <button type="button" className={css.switcher} title="Change project">
          <Brand />
          <span className={`${css.switcherText} ${css.hideNarrow}`}>
            <strong>{project?.name ?? "Sheaf"}</strong>
            <small>
              {project === null
                ? "Choose a project"
                : `${countShort(project.n_assets)} ${project.media === "text" ? "text" : "image"}${project.n_assets === 1 ? "" : "s"}`}
            </small>
          </span>
          <IconSelector size={14} className={css.dropNarrow} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        <Menu.Label>Projects</Menu.Label>
        {projects
          .filter((p) => !p.archived)
          .map((p) => (
            <Menu.Item
              key={p.id}
              leftSection={p.id === project?.id ? <IconCheck size={15} /> : <span />}
              onClick={() =>
                void navigate({ to: "/p/$projectId/library", params: { projectId: p.id } })
              }
            >
              {p.name}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconFolders size={15} />}
          onClick={() => void navigate({ to: "/projects" })}
        >
          All projects
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
