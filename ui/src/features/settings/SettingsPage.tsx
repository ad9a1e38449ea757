/** /p/:id/settings: name, taxonomy, instructions, queue. The taxonomy editor is mounted by the route. */
import { Button, Tabs, TextInput, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { projectQuery, projectsQuery, updateProject } from "~/api/projects";
import type { ProjectDetail } from "~/api/types";
import { confirm } from "~/components/confirm";
import { Markdown } from "~/components/Markdown";
import { notifyDone, notifyError } from "~/components/notify";
import { Failure, Page, Section, Waiting } from "~/components/Page";
import { WholeNumber } from "~/components/WholeNumber";
import css from "./settings.module.css";
import { SETTINGS_TABS, type SettingsTab } from "./tabs";
import { Webhooks } from "./Webhooks";

export function SettingsPage({
  projectId,
  tab,
  taxonomy,
  onTab,
}: {
  projectId: string;
  tab: SettingsTab;
  /** The taxonomy editor. */
  taxonomy: ReactNode;
  onTab: (tab: SettingsTab) => void;
}) {
  const query = useQuery(projectQuery(projectId));
  const project = query.data;
  return (
    <Page
      title="Settings"
      note={project?.name}
      {...(tab === "taxonomy" ? { width: "full" as const } : {})}
    >
      <Tabs
        value={tab}
        onChange={(value) => onTab(SETTINGS_TABS.find((entry) => entry === value) ?? "general")}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="general">General</Tabs.Tab>
          <Tabs.Tab value="taxonomy">Taxonomy</Tabs.Tab>
          <Tabs.Tab value="instructions">Instructions</Tabs.Tab>
          <Tabs.Tab value="queue">Queue</Tabs.Tab>
          <Tabs.Tab value="webhooks">Webhooks</Tabs.Tab>
        </Tabs.List>
        {query.isPending && <Waiting what="settings" />}
        {query.error !== null && (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        )}
        {project !== undefined && (
          <>
            <Tabs.Panel value="general">
              <General key={project.id} project={project} />
            </Tabs.Panel>
            <Tabs.Panel value="taxonomy">{taxonomy}</Tabs.Panel>
            <Tabs.Panel value="instructions">
              <Instructions key={project.id} project={project} />
            </Tabs.Panel>
            <Tabs.Panel value="queue">
              <QueueSettings key={project.id} project={project} />
            </Tabs.Panel>
            <Tabs.Panel value="webhooks">
              <Webhooks key={project.id} projectId={project.id} />
            </Tabs.Panel>
          </>
        )}
      </Tabs>
    </Page>
  );
}

function useSave(project: ProjectDetail, done: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Parameters<typeof updateProject>[1]) => updateProject(project.id, body),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      notifyDone(done);
    },
    onError: (error) => notifyError(error, "Nothing was saved"),
  });
}

function General({ project }: { project: ProjectDetail }) {
  const [name, setName] = useState(project.name);
  const save = useSave(project, "The project's name is changed.");
  const archive = useSave(
    project,
    project.archived ? "The project is back in the list." : "The project is archived.",
  );
  const handleArchive = async () => {
    const yes =
      project.archived ||
      (await confirm({
        title: `Archive “${project.name}”?`,
        text: "It leaves the lists and its queue stops. Nothing is deleted; you can bring it back here.",
        yes: "Archive",
      }));
    if (yes) archive.mutate({ archived: !project.archived });
  };
  return (
    <>
      <Section title="Name">
        <form
          className={css.line}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            save.mutate({ name: name.trim() });
          }}
        >
          <TextInput
            label="Name of the project"
            value={name}
            onChange={(event) => setName(event.target.value)}
            style={{ width: 320 }}
          />
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={name.trim() === "" || name.trim() === project.name}
          >
            Save name
          </Button>
        </form>
      </Section>
      {project.attribution !== null && (
        <Section title="Where its data is from">
          {project.attribution.title}, from {project.attribution.source}, licence{" "}
          {project.attribution.licence}
          {project.attribution.url !== null && (
            <>
              {" · "}
              <a href={project.attribution.url} target="_blank" rel="noreferrer noopener">
                {project.attribution.url}
              </a>
            </>
          )}
        </Section>
      )}
      <Section title={project.archived ? "Bring it back" : "Archive"}>
        <div className={css.line} style={{ alignItems: "center" }}>
          <Button
            variant="default"
            loading={archive.isPending}
            onClick={() => void handleArchive()}
          >
            {project.archived ? "Bring the project back" : "Archive the project"}
          </Button>
          <span className={css.hint}>Nothing is deleted.</span>
        </div>
      </Section>
    </>
  );
}

function Instructions({ project }: { project: ProjectDetail }) {
  const [text, setText] = useState(project.instructions);
  const save = useSave(project, "The instructions are saved. Annotators see them at once.");
  return (
    <Section
      title="What annotators read beside every task"
      actions={
        <Button
          loading={save.isPending}
          disabled={text === project.instructions}
          onClick={() => save.mutate({ instructions: text })}
        >
          Save instructions
        </Button>
      }
    >
      <div className={css.twoUp}>
        <Textarea
          label="Markdown"
          value={text}
          onChange={(event) => setText(event.target.value)}
          autosize
          minRows={16}
          maxRows={32}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
        <div>
          <div className={css.label}>As they see it</div>
          <div className={css.preview}>
            {text.trim() === "" ? (
              <span className={css.hint}>
                Say what is wanted, what is not, and what to do in doubt. A picture helps.
              </span>
            ) : (
              <Markdown text={text} />
            )}
          </div>
        </div>
      </div>
    </Section>
  );
}

function QueueSettings({ project }: { project: ProjectDetail }) {
  const [settings, setSettings] = useState(project.settings);
  const save = useSave(project, "The queue's settings are saved.");
  const changed = JSON.stringify(settings) !== JSON.stringify(project.settings);
  return (
    <Section
      title="How tasks are handed out"
      actions={
        <Button
          loading={save.isPending}
          disabled={!changed}
          onClick={() => save.mutate({ settings })}
        >
          Save
        </Button>
      }
    >
      <div className={css.rows}>
        <WholeNumber
          label="A task is held for (minutes)"
          description="Without a sign of life for this long it goes back into the queue. A late answer is not lost: the draft is kept."
          value={settings.lease_minutes}
          min={1}
          max={480}
          onChange={(lease_minutes) => setSettings({ ...settings, lease_minutes })}
        />
        <WholeNumber
          label="Tasks one person may hold at once"
          description="The next tasks are fetched ahead, so that nobody waits."
          value={settings.leases_max}
          min={1}
          max={10}
          onChange={(leases_max) => setSettings({ ...settings, leases_max })}
        />
        <WholeNumber
          label="A task is blocked after this many skips"
          description="Blocked tasks are served to nobody; look at them in the library."
          value={settings.skip_limit}
          min={1}
          max={100}
          onChange={(skip_limit) => setSettings({ ...settings, skip_limit })}
        />
      </div>
    </Section>
  );
}
