/** The left rail: project switcher, the project's pages, the person's own. */
import { Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import {
  IconChartBar,
  IconChecklist,
  IconDownload,
  IconHistory,
  IconLayoutSidebarLeftCollapse,
  IconLogout,
  IconMoon,
  IconPencil,
  IconPhoto,
  IconSearch,
  IconSelector,
  IconSettings,
  IconStack2,
  IconSun,
  IconUpload,
  IconUser,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { projectsQuery } from "~/api/projects";
import { logOut } from "~/api/session";
import type { Project, User } from "~/api/types";
import { commands } from "~/commands/registry";
import { notifyError } from "~/components/notify";
import { isManager, seesLibrary } from "~/lib/roles";
import { ProjectSwitcher } from "./ProjectSwitcher";
import css from "./shell.module.css";

function Item({
  label,
  narrow,
  children,
}: {
  label: string;
  narrow: boolean;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label} position="right" disabled={!narrow} openDelay={100}>
      <div>{children}</div>
    </Tooltip>
  );
}

function ProjectLinks({
  project,
  user,
  narrow,
}: {
  project: Project;
  user: User;
  narrow: boolean;
}) {
  const base = `/p/${project.id}`;
  const link = (to: string, label: string, icon: ReactNode) => (
    <Item label={label} narrow={narrow} key={label}>
      <Link to={to} className={css.link} activeOptions={{ includeSearch: false }}>
        {icon}
        <span className={css.hideNarrow}>{label}</span>
      </Link>
    </Item>
  );
  const manager = isManager(user, project);
  return (
    <>
      {seesLibrary(user, project) && (
        <>
          {link(`${base}/library`, "Library", <IconPhoto size={17} stroke={1.7} />)}
          {link(`${base}/batches`, "Batches", <IconStack2 size={17} stroke={1.7} />)}
          {link(`${base}/insights`, "Insights", <IconChartBar size={17} stroke={1.7} />)}
        </>
      )}
      {manager && link(`${base}/uploads`, "Uploads", <IconUpload size={17} stroke={1.7} />)}
      {link(`/label/${project.id}`, "Label", <IconPencil size={17} stroke={1.7} />)}
      {seesLibrary(user, project) &&
        link(`${base}/export`, "Export", <IconDownload size={17} stroke={1.7} />)}
      {manager && link(`${base}/people`, "People", <IconUsers size={17} stroke={1.7} />)}
      {manager && link(`${base}/settings`, "Settings", <IconSettings size={17} stroke={1.7} />)}
    </>
  );
}

export function Nav({
  user,
  project,
  version,
  narrow,
  onNarrow,
}: {
  user: User;
  /** The project of the present page, or the one last visited. */
  project: Project | null;
  version: string;
  narrow: boolean;
  onNarrow: (narrow: boolean) => void;
}) {
  const { data } = useQuery(projectsQuery);
  const projects = data?.items ?? [];
  const desk = user.is_admin || projects.some((p) => seesLibrary(user, p));
  const run = (id: string) =>
    commands
      .list()
      .find((command) => command.id === id)
      ?.run();
  return (
    <nav className={css.nav} aria-label="Main">
      <ProjectSwitcher projects={projects} project={project} canManage={desk} />
      <Item label="Find a command (Ctrl+K)" narrow={narrow}>
        <button type="button" className={css.link} onClick={() => run("shell.palette")}>
          <IconSearch size={17} stroke={1.7} />
          <span className={css.hideNarrow}>Commands</span>
          <kbd className={css.dropNarrow} aria-hidden>
            Ctrl+K
          </kbd>
        </button>
      </Item>
      {desk && project !== null && (
        <>
          <div className={css.heading}>Project</div>
          <ProjectLinks project={project} user={user} narrow={narrow} />
        </>
      )}
      <div className={css.heading}>Mine</div>
      <Item label={desk ? "My queue" : "Label"} narrow={narrow}>
        <Link to="/label" className={css.link} activeOptions={{ exact: true }}>
          <IconChecklist size={17} stroke={1.7} />
          <span className={css.hideNarrow}>{desk ? "My queue" : "Label"}</span>
        </Link>
      </Item>
      <Item label="History" narrow={narrow}>
        <Link to="/history" className={css.link}>
          <IconHistory size={17} stroke={1.7} />
          <span className={css.hideNarrow}>History</span>
        </Link>
      </Item>
      {user.is_admin && (
        <>
          <div className={css.heading}>Instance</div>
          <Item label="Everyone" narrow={narrow}>
            <Link to="/admin/people" className={css.link}>
              <IconUsersGroup size={17} stroke={1.7} />
              <span className={css.hideNarrow}>Everyone</span>
            </Link>
          </Item>
        </>
      )}
      <div className={css.push} />
      <Item label={narrow ? "Widen the menu" : "Narrow the menu"} narrow={narrow}>
        <button type="button" className={css.link} onClick={() => onNarrow(!narrow)}>
          <IconLayoutSidebarLeftCollapse size={17} stroke={1.7} />
          <span className={css.hideNarrow}>{narrow ? "Widen the menu" : "Narrow the menu"}</span>
        </button>
      </Item>
      <Me user={user} version={version} />
    </nav>
  );
}

function Me({ user, version }: { user: User; version: string }) {
  const navigate = useNavigate();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const initials = user.name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .join("")
    .slice(0, 2)
    .toUpperCase();
  const handleLogOut = () => {
    logOut().then(() => {
      window.location.assign("/login");
    }, notifyError);
  };
  return (
    <Menu position="right-end" width={230} withinPortal>
      <Menu.Target>
        <button type="button" className={css.link} title="Account and theme">
          <div className={css.avatar} data-initials={initials} aria-hidden />
          <span className={css.hideNarrow}>{user.name}</span>
          <IconSelector size={14} className={css.dropNarrow} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item
          leftSection={<IconUser size={15} />}
          onClick={() => void navigate({ to: "/account" })}
        >
          Account and API keys
        </Menu.Item>
        <Menu.Item
          leftSection={scheme === "dark" ? <IconSun size={15} /> : <IconMoon size={15} />}
          onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
        >
          {scheme === "dark" ? "Light theme" : "Dark theme"}
        </Menu.Item>
        {colorScheme !== "auto" && (
          <Menu.Item leftSection={<span />} onClick={() => setColorScheme("auto")}>
            Theme of the system
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={handleLogOut}>
          Log out
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Sheaf {version}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
