/** Reads each page's parameters from the address and mounts the page. Pages load when first shown. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy } from "react";
import { NotFound } from "./fallbacks";
import { useUser } from "./useUser";

const load = {
  ProjectsPage: () => import("~/features/projects/ProjectsPage"),
  LibraryPage: () => import("~/features/library/LibraryPage"),
  AssetPage: () => import("~/features/library/AssetPage"),
  BatchesPage: () => import("~/features/batches/BatchesPage"),
  BatchBuilderPage: () => import("~/features/batches/BatchBuilderPage"),
  BatchPage: () => import("~/features/batches/BatchPage"),
  QueueOrderPage: () => import("~/features/batches/QueueOrderPage"),
  StandingPage: () => import("~/features/standing/StandingPage"),
  StandingDetailPage: () => import("~/features/standing/StandingDetailPage"),
  StandingFormPage: () => import("~/features/standing/StandingFormPage"),
  UploadsPage: () => import("~/features/uploads/UploadsPage"),
  NewUploadPage: () => import("~/features/uploads/NewUploadPage"),
  BucketPage: () => import("~/features/uploads/BucketPage"),
  UploadPage: () => import("~/features/uploads/UploadPage"),
  AnnotationsPage: () => import("~/features/uploads/AnnotationsPage"),
  UpdatesPage: () => import("~/features/metadata/UpdatesPage"),
  NewUpdatePage: () => import("~/features/metadata/NewUpdatePage"),
  UpdatePage: () => import("~/features/metadata/UpdatePage"),
  PrelabelsPage: () => import("~/features/prelabels/PrelabelsPage"),
  NewPrelabelsPage: () => import("~/features/prelabels/NewPrelabelsPage"),
  ExportPage: () => import("~/features/export/ExportPage"),
  InsightsPage: () => import("~/features/insights/InsightsPage"),
  MembersPage: () => import("~/features/people/MembersPage"),
  EveryonePage: () => import("~/features/people/EveryonePage"),
  SettingsPage: () => import("~/features/settings/SettingsPage"),
  TaxonomyEditor: () => import("~/features/taxonomy/TaxonomyEditor"),
  LabellingPage: () => import("~/features/labelling/LabellingPage"),
  HistoryPage: () => import("~/features/labelling/HistoryPage"),
  KnownDeskPage: () => import("~/features/labelling/known/KnownDeskPage"),
};

const ProjectsPage = lazy(() => load.ProjectsPage().then((m) => ({ default: m.ProjectsPage })));
const LibraryPage = lazy(() => load.LibraryPage().then((m) => ({ default: m.LibraryPage })));
const AssetPage = lazy(() => load.AssetPage().then((m) => ({ default: m.AssetPage })));
const BatchesPage = lazy(() => load.BatchesPage().then((m) => ({ default: m.BatchesPage })));
const BatchBuilderPage = lazy(() =>
  load.BatchBuilderPage().then((m) => ({ default: m.BatchBuilderPage })),
);
const BatchPage = lazy(() => load.BatchPage().then((m) => ({ default: m.BatchPage })));
const QueueOrderPage = lazy(() =>
  load.QueueOrderPage().then((m) => ({ default: m.QueueOrderPage })),
);
const StandingPage = lazy(() => load.StandingPage().then((m) => ({ default: m.StandingPage })));
const StandingDetailPage = lazy(() =>
  load.StandingDetailPage().then((m) => ({ default: m.StandingDetailPage })),
);
const NewStandingPage = lazy(() =>
  load.StandingFormPage().then((m) => ({ default: m.NewStandingPage })),
);
const EditStandingPage = lazy(() =>
  load.StandingFormPage().then((m) => ({ default: m.EditStandingPage })),
);
const UploadsPage = lazy(() => load.UploadsPage().then((m) => ({ default: m.UploadsPage })));
const BucketPage = lazy(() => load.BucketPage().then((m) => ({ default: m.BucketPage })));
const NewUploadPage = lazy(() => load.NewUploadPage().then((m) => ({ default: m.NewUploadPage })));
const UploadPage = lazy(() => load.UploadPage().then((m) => ({ default: m.UploadPage })));
const AnnotationsPage = lazy(() =>
  load.AnnotationsPage().then((m) => ({ default: m.AnnotationsPage })),
);
const UpdatesPage = lazy(() => load.UpdatesPage().then((m) => ({ default: m.UpdatesPage })));
const NewUpdatePage = lazy(() => load.NewUpdatePage().then((m) => ({ default: m.NewUpdatePage })));
const UpdatePage = lazy(() => load.UpdatePage().then((m) => ({ default: m.UpdatePage })));
const PrelabelsPage = lazy(() => load.PrelabelsPage().then((m) => ({ default: m.PrelabelsPage })));
const NewPrelabelsPage = lazy(() =>
  load.NewPrelabelsPage().then((m) => ({ default: m.NewPrelabelsPage })),
);
const ExportPage = lazy(() => load.ExportPage().then((m) => ({ default: m.ExportPage })));
const InsightsPage = lazy(() => load.InsightsPage().then((m) => ({ default: m.InsightsPage })));
const MembersPage = lazy(() => load.MembersPage().then((m) => ({ default: m.MembersPage })));
const EveryonePage = lazy(() => load.EveryonePage().then((m) => ({ default: m.EveryonePage })));
const SettingsPage = lazy(() => load.SettingsPage().then((m) => ({ default: m.SettingsPage })));
const TaxonomyEditor = lazy(() =>
  load.TaxonomyEditor().then((m) => ({ default: m.TaxonomyEditor })),
);
const LabellingPage = lazy(() => load.LabellingPage().then((m) => ({ default: m.LabellingPage })));
const KnownDeskPage = lazy(() => load.KnownDeskPage().then((m) => ({ default: m.KnownDeskPage })));
const HistoryPage = lazy(() => load.HistoryPage().then((m) => ({ default: m.HistoryPage })));

/** Fetches the pages' code while nothing else happens, so that going to one shows it at once. */
export function prefetchPages(): void {
  for (const page of Object.values(load)) page().catch(() => undefined);
}

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
  return <AssetPage key={assetId} projectId={projectId} assetId={assetId} user={useUser()} />;
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

export function KnownDeskRoute() {
  const { projectId, batchId } = useParams({ from: "/desk/p/$projectId/batches/$batchId/known" });
  const search = useSearch({ from: "/desk/p/$projectId/batches/$batchId/known" });
  return <KnownDeskPage key={batchId} projectId={projectId} batchId={batchId} search={search} />;
}

export function QueueOrderRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/batches/order" });
  return <QueueOrderPage key={projectId} projectId={projectId} user={useUser()} />;
}

export function StandingRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/batches/standing" });
  return <StandingPage key={projectId} projectId={projectId} user={useUser()} />;
}

export function NewStandingRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/batches/standing/new" });
  const search = useSearch({ from: "/desk/p/$projectId/batches/standing/new" });
  return <NewStandingPage key={projectId} projectId={projectId} search={search} />;
}

export function StandingDetailRoute() {
  const { projectId, standingId } = useParams({
    from: "/desk/p/$projectId/batches/standing/$standingId",
  });
  return (
    <StandingDetailPage
      key={standingId}
      projectId={projectId}
      standingId={standingId}
      user={useUser()}
    />
  );
}

export function EditStandingRoute() {
  const { projectId, standingId } = useParams({
    from: "/desk/p/$projectId/batches/standing/$standingId/edit",
  });
  return <EditStandingPage key={standingId} projectId={projectId} standingId={standingId} />;
}

export function UploadsRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads" });
  return <UploadsPage key={projectId} projectId={projectId} />;
}

export function NewUploadRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/new" });
  return <NewUploadPage key={projectId} projectId={projectId} />;
}

export function BucketRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/bucket" });
  return <BucketPage key={projectId} projectId={projectId} />;
}

export function UploadRoute() {
  const { projectId, uploadId } = useParams({ from: "/desk/p/$projectId/uploads/$uploadId" });
  return <UploadPage key={uploadId} projectId={projectId} uploadId={uploadId} />;
}

export function AnnotationsRoute() {
  const { projectId, uploadId } = useParams({
    from: "/desk/p/$projectId/uploads/$uploadId/annotations",
  });
  return <AnnotationsPage key={uploadId} projectId={projectId} uploadId={uploadId} />;
}

export function UpdatesRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/metadata" });
  return <UpdatesPage key={projectId} projectId={projectId} />;
}

export function NewUpdateRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/metadata/new" });
  return <NewUpdatePage key={projectId} projectId={projectId} />;
}

export function UpdateRoute() {
  const { projectId, updateId } = useParams({
    from: "/desk/p/$projectId/uploads/metadata/$updateId",
  });
  return <UpdatePage key={updateId} projectId={projectId} updateId={updateId} />;
}

export function PrelabelsRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/prelabels" });
  return <PrelabelsPage key={projectId} projectId={projectId} />;
}

export function NewPrelabelsRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/uploads/prelabels/new" });
  return <NewPrelabelsPage key={projectId} projectId={projectId} />;
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

export function InsightsRoute() {
  const { projectId } = useParams({ from: "/desk/p/$projectId/insights" });
  return <InsightsPage key={projectId} projectId={projectId} user={useUser()} />;
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
