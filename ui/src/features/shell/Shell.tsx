/** The frame around every page after log-in: rail, banner, commands to go places. */
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { IconCloudOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMantineColorScheme, useComputedColorScheme } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { projectsQuery } from "~/api/projects";
import type { Project, User } from "~/api/types";
import type { Command } from "~/commands/registry";
import { useCommands } from "~/commands/useCommands";
import { isManager, seesLibrary } from "~/lib/roles";
import { CommandCenter } from "./CommandCenter";
import { Nav } from "./Nav";
import css from "./shell.module.css";
import { useReachable } from "./useReachable";

/** The project of the address, else the one last visited, else the first. */
function usePresentProject(projects: Project[]): Project | null {
  const { projectId } = useParams({ strict: false });
  const [last, setLast] = useLocalStorage<string>({ key: "sheaf:last-project", defaultValue: "" });
  useEffect(() => {
    if (projectId !== undefined) setLast(projectId);
  }, [projectId, setLast]);
  const find = (id: string | undefined) => projects.find((project) => project.id === id);
  return find(projectId) ?? find(last) ?? projects.find((p) => !p.archived) ?? null;
}

function useGoCommands(user: User, project: Project | null): void {
  const navigate = useNavigate();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const library = project !== null && seesLibrary(user, project);
  const manager = project !== null && isManager(user, project);
  const params = { projectId: project?.id ?? "" };
  const list: Command[] = [
    ["library", "Library", "g l", library, () => navigate({ to: "/p/$projectId/library", params })],
    ["batches", "Batches", "g b", library, () => navigate({ to: "/p/$projectId/batches", params })],
    [
      "standing",
      "Standing batches",
      "g t",
      library,
      () => navigate({ to: "/p/$projectId/batches/standing", params }),
    ],
    ["uploads", "Uploads", "g u", manager, () => navigate({ to: "/p/$projectId/uploads", params })],
    [
      "metadata",
      "Metadata updates",
      "g m",
      manager,
      () => navigate({ to: "/p/$projectId/uploads/metadata", params }),
    ],
    ["export", "Export", "g e", library, () => navigate({ to: "/p/$projectId/export", params })],
    [
      "people",
      "People of the project",
      undefined,
      manager,
      () => navigate({ to: "/p/$projectId/people", params }),
    ],
    [
      "settings",
      "Settings",
      "g s",
      manager,
      () => navigate({ to: "/p/$projectId/settings", params }),
    ],
    ["queue", "My queue", "g q", true, () => navigate({ to: "/label" })],
    ["history", "History", "g h", true, () => navigate({ to: "/history" })],
    ["projects", "All projects", "g p", library, () => navigate({ to: "/projects" })],
    ["account", "Account and API keys", "g a", true, () => navigate({ to: "/account" })],
    ["everyone", "Everyone", undefined, user.is_admin, () => navigate({ to: "/admin/people" })],
  ].map(([id, label, shortcut, enabled, go]) => ({
    id: `go.${String(id)}`,
    label: String(label),
    group: "Go to",
    ...(typeof shortcut === "string" ? { shortcut } : {}),
    enabled: enabled === true,
    run: () => {
      if (typeof go === "function") void go();
    },
  }));
  useCommands([
    {
      id: "batch.new",
      label: "Make a batch",
      group: "Batches",
      shortcut: "n b",
      enabled: manager,
      run: () => void navigate({ to: "/p/$projectId/batches/new", params, search: {} }),
    },
    {
      id: "upload.new",
      label: "Upload files",
      group: "Uploads",
      shortcut: "n u",
      enabled: manager,
      run: () => void navigate({ to: "/p/$projectId/uploads/new", params }),
    },
    ...list.filter((command) => command.enabled),
    {
      id: "shell.theme",
      label: scheme === "dark" ? "Light theme" : "Dark theme",
      group: "Anywhere",
      run: () => setColorScheme(scheme === "dark" ? "light" : "dark"),
    },
  ]);
}

export function Shell({
  user,
  version,
  focusMode,
  extras,
  children,
}: {
  user: User;
  version: string;
  /** Labelling: the rail is always narrow. */
  focusMode: boolean;
  /** Things that live beside the page, such as the progress of uploads. */
  extras?: ReactNode;
  children: ReactNode;
}) {
  const { data } = useQuery(projectsQuery);
  const project = usePresentProject(data?.items ?? []);
  const small = useMediaQuery("(max-width: 1180px)") ?? false;
  const [wish, setWish] = useLocalStorage<"auto" | "narrow" | "wide">({
    key: "sheaf:nav",
    defaultValue: "auto",
  });
  const narrow = focusMode || (wish === "auto" ? small : wish === "narrow");
  const reachable = useReachable();
  useGoCommands(user, project);
  return (
    <div className={css.shell} data-narrow={narrow}>
      <Nav
        user={user}
        project={project}
        version={version}
        narrow={narrow}
        onNarrow={(next) => setWish(next ? "narrow" : "wide")}
      />
      <main className={css.main} id="main">
        {!reachable && (
          <div className={css.banner} role="status">
            <IconCloudOff size={16} aria-hidden />
            The server cannot be reached. What you see may be old; it goes on by itself.
          </div>
        )}
        <div className={css.content}>{children}</div>
      </main>
      {extras}
      <CommandCenter />
    </div>
  );
}
