/** /p/:id/uploads/bucket: a folder of a bucket becomes an upload; the server reads it. */
import { Button, Select, Switch, TextInput } from "@mantine/core";
import { IconBucket } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { createUpload, startSync, uploadSourcesQuery } from "~/api/uploads";
import { CodeLine } from "~/components/CodeLine";
import { EmptyState, Failure, Page, Section, Waiting } from "~/components/Page";
import pageCss from "~/components/page.module.css";
import { folderBelow } from "~/lib/bucket";
import css from "./uploads.module.css";

export function BucketPage({ projectId }: { projectId: string }) {
  const sources = useQuery(uploadSourcesQuery(projectId));
  const addresses = sources.data?.items.map((source) => source.address) ?? [];
  const body = () => {
    if (sources.isPending) return <Waiting what="buckets" />;
    if (sources.error !== null) {
      return <Failure error={sources.error} onRetry={() => void sources.refetch()} />;
    }
    return addresses.length === 0 ? (
      <NoSource />
    ) : (
      <BucketForm projectId={projectId} sources={addresses} />
    );
  };
  return (
    <Page
      title="From a bucket"
      crumbs={
        <Link to="/p/$projectId/uploads" params={{ projectId }} className={pageCss.crumb}>
          Uploads /
        </Link>
      }
      width="narrow"
    >
      {body()}
    </Page>
  );
}

function NoSource() {
  return (
    <EmptyState
      icon={<IconBucket size={24} />}
      title="No bucket may be read yet"
      actions={
        <CodeLine
          label="How the server is started"
          text="sheaf serve --sources s3://camera-uploads,gs://scans/2026"
        />
      }
    >
      Files can come straight out of S3, Google Cloud Storage or Azure. It is the server’s keys that
      read, so whoever runs the server says which folders may be read: in <code>SHEAF_SOURCES</code>
      , or when it is started, as below. Then come back here.
    </EmptyState>
  );
}

function BucketForm({ projectId, sources }: { projectId: string; sources: string[] }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [source, setSource] = useState(sources[0] ?? "");
  const [typed, setTyped] = useState("");
  const [named, setNamed] = useState("");
  const [ascending, setAscending] = useState(false);
  const folder = folderBelow(source, typed);
  const name = named.trim() || folder.address || "";

  const begin = useMutation({
    mutationFn: async (address: string) => {
      const upload = await createUpload(projectId, { name, source: "browser" });
      await startSync(projectId, upload.id, { address, ascending });
      return upload.id;
    },
    onSuccess: (uploadId) => {
      void client.invalidateQueries({ queryKey: ["uploads", projectId] });
      void navigate({ to: "/p/$projectId/uploads/$uploadId", params: { projectId, uploadId } });
    },
  });
  const change = (set: () => void) => {
    begin.reset();
    set();
  };
  return (
    <Section title="What comes in">
      <form
        className={css.rows}
        onSubmit={(event) => {
          event.preventDefault();
          if (folder.address !== null && !begin.isPending) begin.mutate(folder.address);
        }}
      >
        <Select
          label="Bucket"
          description="One of those that this server may read."
          data={sources}
          value={source}
          allowDeselect={false}
          onChange={(value) => change(() => setSource(value ?? source))}
        />
        <TextInput
          label="Folder in it"
          description="Everything below it comes in. Leave it empty for all there is."
          placeholder="2026/11"
          value={typed}
          error={folder.problem}
          onChange={(event) => change(() => setTyped(event.target.value))}
        />
        <TextInput
          label="Name of the upload"
          description="The name of an earlier upload goes on with that one; nothing is added twice."
          placeholder={folder.address ?? ""}
          maxLength={200}
          value={named}
          onChange={(event) => change(() => setNamed(event.target.value))}
        />
        <Switch
          label="Later files have later names"
          description="Such as dates or numbers. The next time, only what comes after the last name is looked at."
          checked={ascending}
          onChange={(event) => change(() => setAscending(event.currentTarget.checked))}
        />
        {begin.error !== null && <Failure error={begin.error} />}
        <div className={css.submit}>
          <Button
            type="submit"
            size="sm"
            loading={begin.isPending}
            disabled={folder.address === null}
          >
            Bring it in
          </Button>
          <span className={css.hint}>
            {folder.address !== null && (
              <>
                Everything in{" "}
                <span className={`${pageCss.mono} ${css.address}`}>{folder.address}</span> is copied
                into the library. You may leave the page meanwhile.
              </>
            )}
          </span>
        </div>
      </form>
    </Section>
  );
}
