/** The batches of a project, the order in which they are served, and those that make themselves. */
import { PageTabs } from "~/components/PageTabs";

export function BatchesTabs({ projectId }: { projectId: string }) {
  const to = `/p/${projectId}/batches`;
  return (
    <PageTabs
      label="Batches and their order"
      tabs={[
        { to, text: "Batches" },
        { to: `${to}/order`, text: "Queue order" },
        { to: `${to}/standing`, text: "Standing batches" },
      ]}
    />
  );
}
