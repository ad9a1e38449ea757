/** The two kinds of batches of a project: those that are there, and those that make themselves. */
import { PageTabs } from "~/components/PageTabs";

export function BatchesTabs({ projectId }: { projectId: string }) {
  const to = `/p/${projectId}/batches`;
  return (
    <PageTabs
      label="Kinds of batches"
      tabs={[
        { to, text: "Batches" },
        { to: `${to}/standing`, text: "Standing batches" },
      ]}
    />
  );
}
