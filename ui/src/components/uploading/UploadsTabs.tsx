/** What comes into a library: assets, changes of their metadata, and what models say of them. */
import { PageTabs } from "~/components/PageTabs";

export function UploadsTabs({ projectId }: { projectId: string }) {
  const to = `/p/${projectId}/uploads`;
  return (
    <PageTabs
      label="What comes in"
      tabs={[
        { to, text: "Uploads" },
        { to: `${to}/metadata`, text: "Metadata updates" },
        { to: `${to}/prelabels`, text: "Pre-labels" },
      ]}
    />
  );
}
