/**
 * The words of the wire: every shape that the server sends or takes.
 * The one place where wire types are named; nothing else in the UI declares one.
 */

export type Id = string;
/** RFC 3339, UTC. */
export type Time = string;

export type Page<T> = { items: T[]; next_cursor: string | null; total: number };
export type Ref = { id: Id; name: string };

// --- session and people -----------------------------------------------------

export type User = { id: Id; email: string; name: string; is_admin: boolean };
export type Session = { user: User | null; setup_needed: boolean; version: string };
export type Role = "manager" | "reviewer" | "annotator";
export type Person = User & {
  disabled: boolean;
  created_at: Time;
  projects: { id: Id; name: string; roles: Role[] }[];
};
export type Invitation = {
  id: Id;
  url: string | null;
  token: string | null;
  email: string | null;
  project_id: Id | null;
  roles: Role[];
  is_admin: boolean;
  expires_at: Time;
  created_at: Time;
  used_at: Time | null;
};
export type InvitationLookup = {
  email: string | null;
  project_name: string | null;
  roles: Role[];
  inviter_name: string | null;
};
export type ApiKey = {
  id: Id;
  name: string;
  prefix: string;
  created_at: Time;
  last_used_at: Time | null;
  revoked_at: Time | null;
};
export type NewApiKey = ApiKey & { secret: string };
export type AuditEntry = {
  at: Time;
  actor: Ref | string | null;
  action: string;
  object: string | null;
  details: unknown;
};

// --- projects ---------------------------------------------------------------

export type Media = "image" | "text";
export type Attribution = { title: string; source: string; licence: string; url: string | null };
export type Project = {
  id: Id;
  name: string;
  media: Media;
  archived: boolean;
  roles: Role[];
  n_assets: number;
  n_batches: number;
  created_at: Time;
  attribution: Attribution | null;
};
export type ProjectSettings = { lease_minutes: number; leases_max: number; skip_limit: number };
export type ProjectDetail = Project & {
  taxonomy_version: number;
  instructions: string;
  settings: ProjectSettings;
  counts: { assets: number; batches: number; tasks: number; submitted: number };
};
export type Member = { user: { id: Id; name: string; email: string }; roles: Role[] };

// --- taxonomy ---------------------------------------------------------------

export type Tool = "box" | "polygon" | "span";
export type FieldType = "single" | "multiple" | "boolean" | "number" | "text";
export type TaxonomyAttribute = {
  name: string;
  title: string;
  type: FieldType;
  options?: string[];
  required?: boolean;
};
export type TaxonomyLabel = {
  name: string;
  title: string;
  color: string;
  hotkey?: string | null;
  tools: Tool[];
  attributes: TaxonomyAttribute[];
};
export type TaxonomyOption = { value: string; title: string; hotkey?: string | null };
export type TaxonomyField = {
  id: string;
  title: string;
  help?: string | null;
  type: FieldType;
  options?: TaxonomyOption[];
  required?: boolean;
  min?: number | null;
  max?: number | null;
};
export type Taxonomy = { labels: TaxonomyLabel[]; fields: TaxonomyField[] };
export type TaxonomyVersion = {
  version: number;
  taxonomy: Taxonomy | null;
  created_at: Time | null;
  created_by: Ref | null;
};

// --- responses --------------------------------------------------------------

export type AttributeValue = string | number | boolean | string[] | null;
export type Attributes = Record<string, AttributeValue>;
export type Point = { x: number; y: number };
export type BoxAnnotation = {
  uuid: string;
  type: "box";
  label: string;
  left: number;
  top: number;
  width: number;
  height: number;
  attributes: Attributes;
};
export type PolygonAnnotation = {
  uuid: string;
  type: "polygon";
  label: string;
  vertices: Point[];
  attributes: Attributes;
};
export type SpanAnnotation = {
  uuid: string;
  type: "span";
  label: string;
  start: number;
  end: number;
  text: string;
  attributes: Attributes;
};
export type Annotation = BoxAnnotation | PolygonAnnotation | SpanAnnotation;
/** An answer: what an annotator hands in. */
export type Response = { annotations: Annotation[]; fields: Record<string, AttributeValue> };
export type Problem = { path: string; message: string };

// --- uploads ----------------------------------------------------------------

export type JobState = "running" | "done" | "failed" | "cancelled";
export type Job = { state: JobState; done: number; total: number | null; message: string | null };
export type UploadCounts = {
  received: number;
  added: number;
  updated: number;
  duplicates: number;
  refused: number;
};
export type Upload = {
  id: Id;
  name: string;
  source: string;
  state: "open" | "finished" | "cancelled";
  created_at: Time;
  created_by: Ref | null;
  finished_at: Time | null;
  counts: UploadCounts;
  bytes: number;
  batch_id: Id | null;
  first_ordinal: number | null;
  job: Job | null;
};
export type UploadBatch = { name: string; kind?: BatchKind; priority?: number; launch?: boolean };
export type NewUpload = { name: string; source: "browser"; batch?: UploadBatch };
export type UploadFileState = "partial" | "done" | "refused" | "duplicate";
export type UploadFile = {
  path: string;
  size: number;
  state: UploadFileState;
  received: number;
  code: string | null;
  message: string | null;
};
export type UploadFileResult = UploadFile & { asset_id: Id | null };
export type ColumnRole =
  "text" | "url" | "file" | "name" | "ref" | "width" | "height" | "meta" | "ignore";
export type ColumnType =
  "text" | "number" | "boolean" | "time" | "list" | "object" | "mixed" | "empty";
export type ManifestColumn = {
  name: string;
  role: ColumnRole;
  type: ColumnType;
  samples: unknown[];
  n_missing: number;
};
export type RowProblem = {
  row: number | null;
  path?: string | null;
  code: string;
  message: string;
  hint?: string | null;
};
export type ManifestPreview = {
  rows: number;
  format: "csv" | "jsonl";
  columns: ManifestColumn[];
  sample_rows: Record<string, unknown>[];
  problems: RowProblem[];
  n_problems: number;
};
export type ManifestColumnChoice = { name: string; role: ColumnRole; type?: ColumnType };

// --- bulk updates of metadata -------------------------------------------------

export type MetadataUpdateState = "running" | "done" | "failed" | "cancelled" | "interrupted";
/** `done = updated + unchanged + refused`. */
export type MetadataUpdate = {
  id: Id;
  state: MetadataUpdateState;
  source: "jsonl" | "csv" | "query" | "assets";
  query: string | null;
  total: number | null;
  done: number;
  updated: number;
  unchanged: number;
  refused: number;
  message: string | null;
  created_at: Time;
  created_by: Ref;
  finished_at: Time | null;
};
/** One merge patch for what a query finds, or for ticked assets. Files are sent as application/jsonl or text/csv. */
export type NewMetadataUpdate = { metadata: Record<string, unknown> } & ({ query: string } | { assets: Id[] });
export type MetadataUpdateProblem = { row: number | null; code: string; message: string; hint: string | null };

// --- library ----------------------------------------------------------------

export type Asset = {
  id: Id;
  ordinal: number;
  name: string;
  reference_id: string | null;
  media_type: string;
  size: number | null;
  width: number | null;
  height: number | null;
  upload: Ref | null;
  uploaded_at: Time;
  metadata: Record<string, unknown>;
  thumbnail: string | null;
  content: string | null;
  url: string | null;
  excerpt: string | null;
  status: string;
  batches: Ref[];
};
export type LedgerEntry = {
  at: Time;
  event: string;
  actor: Ref | null;
  batch: Ref | null;
  details: Record<string, unknown> | null;
};
export type Answer = {
  submission_id: Id;
  batch: Ref | null;
  annotator: Ref | null;
  at: Time;
  response: Response;
  taxonomy_version: number;
};
export type AssetDetail = Asset & { ledger: LedgerEntry[]; answers: Answer[] };
/** Body of PATCH on an asset; the answer is an `AssetDetail`. A merge patch: null removes a field. */
export type PatchAsset = { metadata: Record<string, unknown> };
export type AssetPage = {
  items: Asset[];
  next_cursor: string | null;
  total: number;
  took_ms: number;
  warnings: Diagnostic[];
};
export type Field = {
  name: string;
  builtin: boolean;
  kinds: string[];
  count: number;
  n_distinct: number | null;
  min: string | number | null;
  max: string | number | null;
};
export type FacetValue = { value: string | number | boolean | null; count: number; query: string };
export type HistogramBucket = {
  from: string | number;
  to: string | number;
  count: number;
  query: string;
};
export type Histogram = { min: string | number; max: string | number; buckets: HistogramBucket[] };
export type Facet = {
  field: string;
  count: number;
  missing: number;
  values: FacetValue[];
  more: number;
  histogram: Histogram | null;
};
export type Facets = { total: number; took_ms: number; facets: Facet[] };
export type CompletionItem = {
  text: string;
  label: string;
  kind: "field" | "value" | "operator" | "keyword";
  count: number | null;
  detail: string | null;
};
export type Completion = { from: number; to: number; items: CompletionItem[] };
export type Diagnostic = {
  severity: "error" | "warning";
  code: string;
  message: string;
  span: [number, number];
  hint: string | null;
  suggestions: string[];
};
export type Chip = { text: string; span: [number, number] };
export type Parsed = { normal: string; diagnostics: Diagnostic[]; chips: Chip[] };

// --- batches ----------------------------------------------------------------

export type BatchKind = "production" | "calibration" | "self_label";
export type BatchState = "staging" | "in_progress" | "paused" | "completed" | "cancelled";
export type ExcludeScope = "none" | "any" | "launched" | "production" | "submitted";
export type Pick =
  | "all"
  | { first: { count: number } }
  | { last: { count: number } }
  | { random: { count: number; seed?: number } };
export type Recipe = {
  query?: string;
  assets?: Id[];
  exclude?: { batched: ExcludeScope | string[] };
  pick: Pick;
};
export type StoredRecipe = Recipe & {
  seed: number | null;
  high_water: number;
  library_revision: number;
  text: string;
};
export type SelectFacet = {
  field: string;
  values: { value: string | number | boolean | null; pool: number; picked: number }[];
};
export type Selection = {
  matched: number;
  excluded: number;
  excluded_by: { batch: Ref; count: number }[];
  available: number;
  picked: number;
  short_by: number;
  seed: number | null;
  high_water: number;
  revision: number;
  took_ms: number;
  facets: SelectFacet[];
  sample: Asset[];
};
export type BatchCounts = {
  members: number;
  pending: number;
  claimed: number;
  submitted: number;
  skipped: number;
  blocked: number;
  done: number;
  cancelled: number;
};
export type BatchPerson = {
  id: Id;
  name: string;
  submitted: number;
  claimed: number;
  median_seconds: number | null;
};
export type Batch = {
  id: Id;
  name: string;
  kind: BatchKind;
  state: BatchState;
  archived: boolean;
  priority: number;
  overlap: number;
  revision: number;
  counts: BatchCounts;
  created_at: Time;
  created_by: Ref | null;
  launched_at: Time | null;
  completed_at: Time | null;
  recipe: StoredRecipe;
  pace: { per_hour: number | null; expected_end: Time | null } | null;
  people?: BatchPerson[];
};
export type NewBatch = {
  name: string;
  recipe: Recipe;
  kind?: BatchKind;
  priority?: number;
  launch?: boolean;
};

// --- queue ------------------------------------------------------------------

export type QueueProject = {
  id: Id;
  name: string;
  media: Media;
  available: number;
  mine: number;
  submitted_today: number;
  submitted_total: number;
};
export type Queue = { projects: QueueProject[] };
export type Draft = { response: Response; saved_at: Time };
export type Task = {
  task_id: Id;
  lease_id: Id;
  lease_remaining_ms: number;
  heartbeat_ms: number;
  project: { id: Id; name: string; media: Media };
  batch: { id: Id; name: string; kind: BatchKind };
  asset: Asset;
  taxonomy_version: number;
  draft: Draft | null;
  previous: Response | null;
};
export type ClaimReason = { code: string; message: string };
export type Claim = { tasks: Task[]; reason: ClaimReason | null };
export type Submitted = {
  submission_id: Id;
  task_id: Id;
  submitted_at: Time;
  replayed: boolean;
};
export type HistoryEntry = {
  submission_id: Id;
  task_id: Id;
  asset: { id: Id; name: string; thumbnail: string | null };
  batch: Ref | null;
  project?: Ref | null;
  at: Time;
  seconds: number | null;
  response: Response;
  status: string;
};

/** The body of every answer that is not 2xx. */
export type ErrorBody = {
  error: {
    code: string;
    message: string;
    hint: string | null;
    span: [number, number] | null;
    details: Record<string, unknown> | null;
    request_id: string | null;
  };
};
