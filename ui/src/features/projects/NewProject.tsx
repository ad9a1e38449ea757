/** The form for a new project. */
import { Button, Modal, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { createProject, projectsQuery } from "~/api/projects";
import type { Media } from "~/api/types";
import { Failure } from "~/components/Page";
import { STARTERS } from "./starters";

export function NewProject({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [media, setMedia] = useState<Media>("image");
  const [starter, setStarter] = useState<string | null>(null);
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: (project) => {
      void client.invalidateQueries({ queryKey: projectsQuery.queryKey });
      onClose();
      void navigate({ to: "/p/$projectId/library", params: { projectId: project.id } });
    },
  });
  const offered = STARTERS.filter((entry) => entry.media === media);
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault();
    const taxonomy = offered.find((entry) => entry.id === starter)?.taxonomy;
    create.mutate({ name: name.trim(), media, ...(taxonomy === undefined ? {} : { taxonomy }) });
  };
  return (
    <Modal opened onClose={onClose} title="New project">
      <form onSubmit={handleSubmit} style={{ display: "grid", gap: 14 }}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          withAsterisk={false}
          data-autofocus
        />
        <div>
          <div style={{ marginBottom: 4, fontWeight: 500, fontSize: 12 }} id="new-project-media">
            What is labelled
          </div>
          <SegmentedControl
            aria-labelledby="new-project-media"
            value={media}
            onChange={(value) => {
              setMedia(value === "text" ? "text" : "image");
              setStarter(null);
            }}
            data={[
              { value: "image", label: "Images" },
              { value: "text", label: "Texts" },
            ]}
          />
        </div>
        <Select
          label="Taxonomy to start from"
          description="What annotators may answer. It can be changed at any time in the settings."
          placeholder="None: I set it up later"
          clearable
          value={starter}
          onChange={setStarter}
          data={offered.map((entry) => ({ value: entry.id, label: entry.title }))}
        />
        {create.error !== null && <Failure error={create.error} />}
        <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
          Make project
        </Button>
      </form>
    </Modal>
  );
}
