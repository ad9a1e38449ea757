/** What comes into a library: assets, and changes of their metadata. */
import { PageTabs } from "~/components/PageTabs";

export function UploadsTabs({ projectId }: { projectId: string }) {
  const to = `/p/${projectId}/uploads`;
  return (
    <PageTabs
      label="What comes in"
      tabs={[
        { to, text: "Uploads" },
        { to: `${to}/metadata`, text: "Metadata updates" },
      ]}
    />
  );
}
