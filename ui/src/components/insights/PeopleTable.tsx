/** Who does what, and what a manager can do about it. */
import { ActionIcon, Badge, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { pauseMember, revokeMember } from "~/api/projects";
import type { PersonWork } from "~/api/types";
import { confirm } from "~/components/confirm";
import { notifyDone, notifyError } from "~/components/notify";
import css from "~/components/page.module.css";
import { ShowAll, useFirst } from "~/components/ShowAll";
import { count, duration, percent, plural } from "~/lib/format";
import own from "./insights.module.css";

export function PeopleTable({
  projectId,
  people,
  manager,
  empty,
}: {
  projectId: string;
  people: PersonWork[];
  manager: boolean;
  empty: string;
}) {
  const { rows, showAll } = useFirst(people);
  if (people.length === 0) {
    return <p className={css.none}>{empty}</p>;
  }
  const reviewed = people.some(
    ({ reviews, reviewing, sent_back }) => reviews + reviewing + sent_back > 0,
  );
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            <th>Person</th>
            <th className={css.right}>Answers</th>
            {reviewed && (
              <>
                <th className={css.right} title="Of their answers, by a review or a reopening">
                  Sent back
                </th>
                <th className={css.right}>Reviews</th>
                <th className={css.right} title="Of their reviews, those that sent something back">
                  Rejected
                </th>
              </>
            )}
            <th className={css.right}>In hand</th>
            <th className={css.right} title="Median of their last 50 answers">
              Time an answer
            </th>
            {manager && <th aria-label="Actions" style={{ width: 50 }} />}
          </tr>
        </thead>
        <tbody>
          {rows.map((person) => (
            <tr key={person.id}>
              <td>
                <span className={own.who}>
                  {person.name}
                  {person.paused_at !== null && <Badge color="yellow">Paused</Badge>}
                </span>
              </td>
              <td className={css.right}>{count(person.labels)}</td>
              {reviewed && (
                <>
                  <td className={css.right}>
                    {person.labels === 0
                      ? "–"
                      : `${count(person.sent_back)} (${percent(person.sent_back, person.labels)})`}
                  </td>
                  <td className={css.right}>{count(person.reviews)}</td>
                  <td className={css.right}>
                    {person.reviews === 0 ? "–" : percent(person.rejections, person.reviews)}
                  </td>
                </>
              )}
              <td className={css.right}>
                <InHand person={person} />
              </td>
              <td className={css.right}>
                {person.median_seconds === null ? "–" : duration(person.median_seconds)}
              </td>
              {manager && (
                <td className={css.right}>
                  <PersonMenu projectId={projectId} person={person} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {showAll !== null && <ShowAll n={people.length} what="people" onClick={showAll} />}
    </>
  );
}

function InHand({ person }: { person: PersonWork }) {
  const { labelling, reviewing, overdue } = person;
  if (labelling + reviewing === 0) return <>0</>;
  const parts = [
    labelling > 0 && `${count(labelling)} to label`,
    reviewing > 0 && `${count(reviewing)} to review`,
  ].filter(Boolean);
  return (
    <>
      {parts.join(", ")}
      {overdue > 0 && (
        <span className={own.warn} title="The lease ran out: whoever claims next may get it">
          {" "}
          · {count(overdue)} overdue
        </span>
      )}
    </>
  );
}

function PersonMenu({ projectId, person }: { projectId: string; person: PersonWork }) {
  const { pause, revoke } = usePersonActions(projectId, person);
  const held = person.labelling + person.reviewing;
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions on ${person.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={pause}>
          {person.paused_at === null ? "Pause: no new tasks" : "Let them go on"}
        </Menu.Item>
        <Menu.Item disabled={held === 0} onClick={() => void revoke()}>
          Take back what they hold
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What a manager does to a person of a project. */
export function usePersonActions(
  projectId: string,
  person: { id: string; name: string; paused_at: string | null },
) {
  const client = useQueryClient();
  const refresh = () => {
    for (const key of ["batch-progress", "batch-tasks", "insights", "members", "batch"]) {
      void client.invalidateQueries({ queryKey: [key, projectId] });
    }
  };
  const pausing = useMutation({
    mutationFn: (paused: boolean) => pauseMember(projectId, person.id, paused),
    onSuccess: (_, paused) => {
      refresh();
      notifyDone(
        paused
          ? `${person.name} gets no new tasks. What they hold can be finished.`
          : `${person.name} gets tasks again.`,
      );
    },
    onError: (error) => notifyError(error),
  });
  const revoking = useMutation({
    mutationFn: () => revokeMember(projectId, person.id),
    onSuccess: ({ revoked }) => {
      refresh();
      notifyDone(`${plural(revoked, "task")} of ${person.name} went back into the queue.`);
    },
    onError: (error) => notifyError(error, "Nothing was taken back"),
  });
  const revoke = async () => {
    const yes = await confirm({
      title: `Take back what ${person.name} holds?`,
      text: "It goes back into the queue, for anybody. What they had marked is kept as their draft.",
      yes: "Take back",
      danger: true,
    });
    if (yes) revoking.mutate();
  };
  return { pause: () => pausing.mutate(person.paused_at === null), revoke };
}
