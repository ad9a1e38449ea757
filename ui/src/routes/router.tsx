/** The address tree: which page stands behind which URL, and who may be there. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { queryClient } from "~/api/queryClient";
import { sessionQuery } from "~/api/session";
import { AccountRoute, InviteRoute, LoginRoute, SetupRoute } from "./door";
import { Broken, NotFoundAlone } from "./fallbacks";
import { Frame, HomeRoute } from "./frame";
import {
  AnnotationsRoute,
  AssetRoute,
  BatchBuilderRoute,
  BatchesRoute,
  BatchRoute,
  EditStandingRoute,
  EveryoneRoute,
  ExportRoute,
  HistoryRoute,
  InsightsRoute,
  KnownDeskRoute,
  LabelProjectRoute,
  LabelRoute,
  LibraryRoute,
  MembersRoute,
  NewPrelabelsRoute,
  NewStandingRoute,
  NewUpdateRoute,
  BucketRoute,
  NewUploadRoute,
  PrelabelsRoute,
  ProjectsRoute,
  QueueOrderRoute,
  SettingsRoute,
  StandingDetailRoute,
  StandingRoute,
  UpdateRoute,
  UpdatesRoute,
  UploadRoute,
  UploadsRoute,
} from "./pages";
import {
  builderSearch,
  exportSearch,
  knownSearch,
  librarySearch,
  settingsSearch,
  standingSearch,
  text,
} from "./search";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundAlone,
  errorComponent: Broken,
});
const outside = { getParentRoute: () => root };

const setup = createRoute({
  ...outside,
  path: "/setup",
  validateSearch: (search) => ({ token: text(search.token) }),
  component: SetupRoute,
});
const login = createRoute({
  ...outside,
  path: "/login",
  validateSearch: (search): { next?: string } =>
    text(search.next) === "" ? {} : { next: text(search.next) },
  component: LoginRoute,
});
const invite = createRoute({
  ...outside,
  path: "/invite",
  validateSearch: (search) => ({ token: text(search.token) }),
  component: InviteRoute,
});

/** Everything behind the log-in. */
const desk = createRoute({
  ...outside,
  id: "desk",
  component: Frame,
  beforeLoad: async ({ location }) => {
    const session = await queryClient.ensureQueryData(sessionQuery);
    if (session.user !== null) return;
    if (session.setup_needed) throw redirect({ to: "/setup", search: { token: "" } });
    const next = location.href === "/" ? {} : { next: location.href };
    throw redirect({ to: "/login", search: next });
  },
});
const inside = { getParentRoute: () => desk };

const home = createRoute({ ...inside, path: "/", component: HomeRoute });
const account = createRoute({ ...inside, path: "/account", component: AccountRoute });
const everyone = createRoute({ ...inside, path: "/admin/people", component: EveryoneRoute });
const projects = createRoute({ ...inside, path: "/projects", component: ProjectsRoute });
const label = createRoute({ ...inside, path: "/label", component: LabelRoute });
const labelProject = createRoute({
  ...inside,
  path: "/label/$projectId",
  component: LabelProjectRoute,
});
const history = createRoute({ ...inside, path: "/history", component: HistoryRoute });

const project = createRoute({
  ...inside,
  path: "/p/$projectId",
  component: function ProjectRoute() {
    const { projectId } = project.useParams();
    return <Navigate to="/p/$projectId/library" params={{ projectId }} replace />;
  },
});
const library = createRoute({
  ...inside,
  path: "/p/$projectId/library",
  validateSearch: librarySearch,
  component: LibraryRoute,
});
const asset = createRoute({
  ...inside,
  path: "/p/$projectId/assets/$assetId",
  component: AssetRoute,
});
const batches = createRoute({ ...inside, path: "/p/$projectId/batches", component: BatchesRoute });
const newBatch = createRoute({
  ...inside,
  path: "/p/$projectId/batches/new",
  validateSearch: builderSearch,
  component: BatchBuilderRoute,
});
const batch = createRoute({
  ...inside,
  path: "/p/$projectId/batches/$batchId",
  component: BatchRoute,
});
const knownDesk = createRoute({
  ...inside,
  path: "/p/$projectId/batches/$batchId/known",
  validateSearch: knownSearch,
  component: KnownDeskRoute,
});
const queueOrder = createRoute({
  ...inside,
  path: "/p/$projectId/batches/order",
  component: QueueOrderRoute,
});
const standing = createRoute({
  ...inside,
  path: "/p/$projectId/batches/standing",
  component: StandingRoute,
});
const newStanding = createRoute({
  ...inside,
  path: "/p/$projectId/batches/standing/new",
  validateSearch: standingSearch,
  component: NewStandingRoute,
});
const standingDetail = createRoute({
  ...inside,
  path: "/p/$projectId/batches/standing/$standingId",
  component: StandingDetailRoute,
});
const editStanding = createRoute({
  ...inside,
  path: "/p/$projectId/batches/standing/$standingId/edit",
  component: EditStandingRoute,
});
const uploads = createRoute({ ...inside, path: "/p/$projectId/uploads", component: UploadsRoute });
const newUpload = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/new",
  component: NewUploadRoute,
});
const bucket = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/bucket",
  component: BucketRoute,
});
const upload = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/$uploadId",
  component: UploadRoute,
});
const annotations = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/$uploadId/annotations",
  component: AnnotationsRoute,
});
const updates = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/metadata",
  component: UpdatesRoute,
});
const newUpdate = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/metadata/new",
  component: NewUpdateRoute,
});
const update = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/metadata/$updateId",
  component: UpdateRoute,
});
const prelabels = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/prelabels",
  component: PrelabelsRoute,
});
const newPrelabels = createRoute({
  ...inside,
  path: "/p/$projectId/uploads/prelabels/new",
  component: NewPrelabelsRoute,
});
const exporting = createRoute({
  ...inside,
  path: "/p/$projectId/export",
  validateSearch: exportSearch,
  component: ExportRoute,
});
const insights = createRoute({
  ...inside,
  path: "/p/$projectId/insights",
  component: InsightsRoute,
});
const people = createRoute({ ...inside, path: "/p/$projectId/people", component: MembersRoute });
const settings = createRoute({
  ...inside,
  path: "/p/$projectId/settings",
  validateSearch: settingsSearch,
  component: SettingsRoute,
});

const routeTree = root.addChildren([
  setup,
  login,
  invite,
  desk.addChildren([
    home,
    account,
    everyone,
    projects,
    label,
    labelProject,
    history,
    project,
    library,
    asset,
    batches,
    newBatch,
    batch,
    knownDesk,
    queueOrder,
    standing,
    newStanding,
    standingDetail,
    editStanding,
    uploads,
    newUpload,
    bucket,
    upload,
    annotations,
    updates,
    newUpdate,
    update,
    prelabels,
    newPrelabels,
    exporting,
    insights,
    people,
    settings,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: false,
  defaultNotFoundComponent: NotFoundAlone,
  defaultErrorComponent: Broken,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
