/** Reads each page's parameters from the address and mounts the page. Pages load when first shown. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy } from "react";
import { NotFound } from "./fallbacks";
import { useUser } from "./useUser";

const ProjectsPage = lazy(() =>
  import("~/features/projects/ProjectsPage").then((m) => ({ default: m.ProjectsPage })),
);
const LibraryPage = lazy(() =>
  import("~/features/library/LibraryPage").then((m) => ({ default: m.LibraryPage })),
);
const AssetPage = lazy(() =>
  import("~/features/library/AssetPage").then((m) => ({ default: m.AssetPage })),
);
const BatchesPage = lazy(() =>
  import("~/features/batches/BatchesPage").then((m) => ({ default: m.BatchesPage })),
);
const BatchBuilderPage = lazy(() =>
  import("~/features/batches/BatchBuilderPage").then((m) => ({ default: m.BatchBuilderPage })),
);
const BatchPage = lazy(() =>
  import("~/features/batches/BatchPage").then((m) => ({ default: m.BatchPage })),
);
const UploadsPage = lazy(() =>
  import("~/features/uploads/UploadsPage").then((m) => ({ default: m.UploadsPage })),
);
const NewUploadPage = lazy(() =>
  import("~/features/uploads/NewUploadPage").then((m) => ({ default: m.NewUploadPage })),
);
const UploadPage = lazy(() =>
  import("~/features/uploads/UploadPage").then((m) => ({ default: m.UploadPage })),
);
const ExportPage = lazy(() =>
  import("~/features/export/ExportPage").then((m) => ({ default: m.ExportPage })),
);
const MembersPage = lazy(() =>
  import("~/features/people/MembersPage").then((m) => ({ default: m.MembersPage })),
);
const EveryonePage = lazy(() =>
  import("~/features/people/EveryonePage").then((m) => ({ default: m.EveryonePage })),
);
const SettingsPage = lazy(() =>
  import("~/features/settings/SettingsPage").then((m) => ({ default: m.SettingsPage })),
);
const TaxonomyEditor = lazy(() =>
  import("~/features/taxonomy/TaxonomyEditor").then((m) => ({ default: m.TaxonomyEditor })),
);
const LabellingPage = lazy(() =>
  import("~/features/labelling/LabellingPage").then((m) => ({ default: m.LabellingPage })),
);
const HistoryPage = lazy(() =>
  import("~/features/labelling/HistoryPage").then((m) => ({ default: m.HistoryPage })),
);

export function ProjectsRoute() {
  return <ProjectsPage user={useUser()} />;
}

export function LibraryRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/library" });
  const search = useSearch({ from: "/desk/p/$projectId/library" });
  const navigate = useNavigate();
  return (
    <LibraryPage
      key={projectId}
      projectId={projectId}
      user={useUser()}
      search={search}
      onSearch={(next, replace = false) =>
        void navigate({
          to: "/p/$projectId/library",
          params: { projectId },
          search: next,
          replace,
        })
      }
    />
  );
}

export function AssetRoute() {
  const { projectId, assetId } = useParams({ from: "/desk/p/$projectId/assets/$assetId" });
  return <AssetPage key={assetId} projectId={projectId} assetId={assetId} />;
}

export function BatchesRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/batches" });
  return <BatchesPage key={projectId} projectId={projectId} user={useUser()} />;
}

export function BatchBuilderRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/batches/new" });
  const search = useSearch({ from: "/desk/p/$projectId/batches/new" });
  return <BatchBuilderPage key={projectId} projectId={projectId} search={search} />;
}

export function BatchRoute() {
  const { projectId, batchId } = useParams({ from: "/desk/p/$projectId/batches/$batchId" });
  return <BatchPage key={batchId} projectId={projectId} batchId={batchId} user={useUser()} />;
}

export function UploadsRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads" });
  return <UploadsPage key={projectId} projectId={projectId} />;
}

export function NewUploadRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/new" });
  return <NewUploadPage key={projectId} projectId={projectId} />;
}

export function UploadRoute() {
  const { projectId, uploadId } = useParams({ from: "/desk/p/$projectId/uploads/$uploadId" });
  return <UploadPage key={uploadId} projectId={projectId} uploadId={uploadId} />;
}

export function ExportRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/export" });
  const search = useSearch({ from: "/desk/p/$projectId/export" });
  const navigate = useNavigate();
  return (
    <ExportPage
      key={projectId}
      projectId={projectId}
      search={search}
      onSearch={(next) =>
        void navigate({
          to: "/p/$projectId/export",
          params: { projectId },
          search: next,
          replace: true,
        })
      }
    />
  );
}

export function MembersRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/people" });
  return <MembersPage key={projectId} projectId={projectId} />;
}

export function EveryoneRoute() {
  const user = useUser();
  return user.is_admin ? <EveryonePage me={user} /> : <NotFound />;
}

export function SettingsRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/settings" });
  const { tab = "general" } = useSearch({ from: "/desk/p/$projectId/settings" });
  const navigate = useNavigate();
  return (
    <SettingsPage
      key={projectId}
      projectId={projectId}
      tab={tab}
      taxonomy={<TaxonomyEditor projectId={projectId} />}
      onTab={(next) =>
        void navigate({
          to: "/p/$projectId/settings",
          params: { projectId },
          search: next === "general" ? {} : { tab: next },
          replace: true,
        })
      }
    />
  );
}

export function LabelRoute() {
  return <LabellingPage />;
}

export function LabelProjectRoute() {
  const { projectId } = useParams({ from: "/desk/label/$projectId" });
  return <LabellingPage key={projectId} projectId={projectId} />;
}

export function HistoryRoute() {
  return <HistoryPage />;
}
