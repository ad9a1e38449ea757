/**
 * The words of the wire: every shape that the server sends or takes.
 * The one place where wire types are named; nothing else in the UI declares one.
 */
import type { Agreement } from "./agreementTypes";
import type { AssetPrelabel, Prelabel } from "./prelabelTypes";
export type * from "./insightTypes";

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
  actor?: Ref | null;
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
export type Member = {
  user: { id: Id; name: string; email: string };
  roles: Role[];
  /** Since when they are handed nothing new. */
  paused_at: Time | null;
};

// --- taxonomy ---------------------------------------------------------------

export type Tool = "box" | "polygon" | "span";
export type FieldType = "single" | "multiple" | "boolean" | "number" | "text";
export type TaxonomyAttribute = {
  name: string;
  title?: string | null;
  type: FieldType;
  options?: string[];
  required?: boolean;
};
export type TaxonomyLabel = {
  name: string;
  /** What people see; the name when it is left out. */
  title?: string | null;
  color: string;
  hotkey?: string | null;
  tools: Tool[];
  attributes: TaxonomyAttribute[];
};
export type TaxonomyOption = { value: string; title?: string | null; hotkey?: string | null };
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
export type UploadBatch = {
  name: string;
  kind?: BatchKind;
  priority?: number;
  launch?: boolean;
} & Partial<Judging & Serving>;
export type NewUpload = { name: string; source: "browser"; batch?: UploadBatch };
/** A folder of a bucket that an upload is made of, and how far the look through it is. */
export type UploadSync = {
  address: string;
  ascending: boolean;
  state: "running" | "done" | "failed";
  began_at: Time;
  looked: number;
  taken: number;
  message: string | null;
};
export type NewUploadSync = { address: string; ascending: boolean };
/** A folder of a bucket that the operator lets be read. */
export type UploadSource = { address: string };
export type UploadFileState = "partial" | "done" | "refused" | "duplicate";
export type UploadFile = {
  path: string;
  size: number;
  state: UploadFileState;
  received: number;
  code?: string | null;
  message?: string | null;
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

/** RFC 7396: a value sets, null removes, an object goes on inside. */
export type MetadataPatch = Record<string, unknown>;
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
  created_by: Ref | null;
  finished_at: Time | null;
};
/** One merge patch for what a query finds, or for ticked assets. Files are sent as application/jsonl or text/csv. */
export type NewMetadataUpdate = { metadata: MetadataPatch } & (
  { query: string } | { assets: Id[] }
);
export type MetadataUpdateProblem = {
  row: number | null;
  code: string;
  message: string;
  hint: string | null;
};

// --- library ----------------------------------------------------------------

export type AssetStatus =
  "none" | "pending" | "claimed" | "in_review" | "rejected" | "done" | "blocked" | "cancelled";
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
  status: AssetStatus;
  batches: Ref[];
};
export type LedgerEntry = {
  at: Time;
  event: string;
  actor: Ref | null;
  batch: Ref | null;
  /** The upload's name, the reason of a skip. */
  details: string | null;
};
export type Answer = {
  submission_id: Id;
  batch: Ref | null;
  annotator: Ref | null;
  /** Given elsewhere, by who is named there. */
  brought_in: boolean;
  at: Time;
  response: Response;
  taxonomy_version: number;
  /** The pre-label that it began with. */
  prelabel: { source: string; unchanged: boolean } | null;
};
export type AssetDetail = Asset & {
  ledger: LedgerEntry[];
  answers: Answer[];
  /** By source. */
  prelabels: AssetPrelabel[];
  tasks: { id: Id; batch: Ref }[];
};
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
/** `total` counts all fields, of which an answer describes a bounded number. */
export type FieldList = { items: Field[]; total: number };
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

/** How each task of a batch is judged. */
export type Judging = {
  /** Judgements by different people, 1 to 16. */
  overlap: number;
  /** Reviews after each other, 0 to 4. */
  review_levels: number;
};
/** Ids; nobody named is everybody. */
export type OpenTo = { groups?: Id[]; people?: Id[] };
export type TaskOrder =
  | "upload"
  | { shuffled: { seed?: number | null } }
  | { field: { by: string; descending?: boolean } };
/** How a batch is served. */
export type Serving = {
  open_to: OpenTo;
  order: TaskOrder;
  due_at: Time | null;
  /** The source whose pre-labels are shown; null: none. */
  prelabels: string | null;
};
export type BatchWarning = { code: string; message: string };
export type BatchKind = "production" | "calibration" | "self_label" | "gold" | "training";
export type BatchState = "staging" | "in_progress" | "paused" | "completed" | "cancelled";
export type ExcludeScope = "none" | "any" | "launched" | "production" | "submitted";
/** A value of a metadata field, as a pick or a facet names it; null is "has no such field". */
export type FieldValue = string | number | boolean | null;
export type Quota = { value: FieldValue; share: number };
export type QuotaPick = {
  count: number;
  by: string;
  seed?: number | null;
  /** What a value cannot give is taken from the others. */
  fill?: boolean;
  /** Left out: the same share for every value there is. */
  quotas?: { value?: FieldValue; share: number }[] | null;
};
export type Pick =
  | "all"
  | { first: { count: number } }
  | { last: { count: number } }
  | { random: { count: number; seed?: number | null } }
  | { top: { count: number; by: string; order?: "asc" | "desc" } }
  | { quota: QuotaPick };
/** Which part of what was picked: what a split writes into the recipes of its parts. */
export type Part =
  | { equal: { n: number; of: number; seed?: number | null } }
  | { value: { by: string; value?: FieldValue } };
export type Recipe = {
  query?: string;
  assets?: Id[];
  exclude?: { batched: ExcludeScope | string[] };
  pick: Pick;
  part?: Part;
};
/** How far a quota was met for one value. */
export type Fit = {
  value: FieldValue;
  share: number;
  wanted: number;
  available: number;
  picked: number;
};
export type StoredRecipe = {
  query: string | null;
  assets: Id[] | null;
  exclude: { batched: ExcludeScope | string[] };
  pick: Pick;
  part: Part | null;
  seed: number | null;
  high_water: number;
  library_revision: number;
  short_by: number;
  text: string;
  fit: Fit[] | null;
};
export type SelectFacet = {
  field: string;
  values: { value: string | number | boolean | null; pool: number; picked: number }[];
};
export type SelectHistogram = {
  field: string;
  min: string | number;
  max: string | number;
  buckets: { from: string | number; to: string | number; pool: number; picked: number }[];
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
  histograms: SelectHistogram[];
  /** Of a quota; null for other picks. */
  fit: Fit[] | null;
  sample: Asset[];
};
export type BatchCounts = {
  /** Tasks. */
  members: number;
  /** Judgements, as `claimed` and `submitted`. */
  pending: number;
  claimed: number;
  submitted: number;
  /** Judgements and reviews. */
  blocked: number;
  /** Reviews, as `reviewing`. */
  to_review: number;
  reviewing: number;
  /** Tasks, as `cancelled`. */
  done: number;
  cancelled: number;
};
/** How fast a batch goes, and since when that was measured. */
export type Pace = {
  /** Judgements an hour. */
  per_hour: number | null;
  reviews_per_hour: number | null;
  /** Null when nothing was handed in for a day. */
  since: Time | null;
  expected_end: Time | null;
  /** What nobody hands in although it is to be done. */
  missing: "labels" | "reviews" | null;
};
export type BatchPerson = {
  id: Id;
  name: string;
  submitted: number;
  claimed: number;
  mean_seconds: number | null;
};
export type Batch = Judging & {
  id: Id;
  name: string;
  kind: BatchKind;
  state: BatchState;
  archived: boolean;
  /** Its answers were given elsewhere: its tasks are done, and nobody is offered one. Its overlap is 0. */
  brought_in: boolean;
  priority: number;
  revision: number;
  counts: BatchCounts;
  created_at: Time;
  created_by: Ref | null;
  launched_at: Time | null;
  /** Completed or cancelled. */
  ended_at: Time | null;
  recipe: StoredRecipe;
  pace: Pace;
  /** The standing batch that made it. */
  standing?: Ref | null;
  people?: BatchPerson[];
  open_to: { groups: Ref[]; people: Ref[] };
  order: TaskOrder;
  due_at: Time | null;
  /** Of a gold batch: of a person's claims, how many in a hundred are of it. */
  gold_rate: number | null;
  /** The source whose pre-labels its annotators begin with. */
  prelabels: string | null;
  /** Of one batch that is served; empty in lists. */
  warnings: BatchWarning[];
};
export type NewBatch = {
  name: string;
  recipe: Recipe;
  kind?: BatchKind;
  priority?: number;
  gold_rate?: number;
  launch?: boolean;
} & Partial<Judging & Serving>;
/** How a batch in staging is cut: in equal parts, or one part for each value of a field. */
export type Split = ({ parts: number; seed?: number } | { by: string }) & { name?: string };
export type Appended = { added: number; already: number; batch: Batch };
export type Removed = { removed: number; batch: Batch };
export type BatchRevision = {
  revision: number;
  at: Time;
  by: Ref | null;
  action: "created" | "appended" | "removed";
  /** Assets that it put in, or took out. */
  n: number;
  recipe_text: string;
};
/** The recipe carried out today, against the members that the batch has. */
export type BatchDiff = {
  then: number;
  now: number;
  same: number;
  added: number;
  removed: number;
  added_sample: Asset[];
  removed_sample: Asset[];
  took_ms: number;
};

// --- standing batches -------------------------------------------------------

export type Trigger =
  { daily: { at: string; utc_offset_minutes?: number | null } } | { matches: { every: number } };
export type CatchUp = "each" | "once" | "skip";
export type StandingRun = {
  n: number;
  /** A time of day that had come, enough new matches, or a person who asked for it. */
  cause: "time" | "matches" | "hand";
  due_at: Time;
  ran_at: Time;
  outcome: "made" | "empty" | "failed" | "skipped";
  batch: Ref | null;
  members: number;
  message: string | null;
};
export type StandingBatch = Judging & {
  id: Id;
  name: string;
  query: string;
  exclude: { batched: ExcludeScope | string[] };
  pick: Pick;
  trigger: Trigger;
  name_pattern: string;
  kind: BatchKind;
  priority: number;
  open_to: { groups: Ref[]; people: Ref[] };
  order: TaskOrder;
  /** Hours after which a batch is due, from when it is made. */
  due_hours: number | null;
  /** The source whose pre-labels the annotators of its batches begin with. */
  prelabels: string | null;
  launch: boolean;
  catch_up: CatchUp;
  state: "active" | "paused";
  next_run_at: Time | null;
  /** New matches, for a trigger that counts them. */
  waiting: number | null;
  last_run: StandingRun | null;
  runs: number;
  created_at: Time;
  created_by: Ref | null;
};
export type NewStandingBatch = Judging & {
  name: string;
  query: string;
  exclude: { batched: ExcludeScope | string[] };
  pick: Pick;
  trigger: Trigger;
  name_pattern: string;
  kind: BatchKind;
  priority: number;
  open_to: OpenTo;
  order: TaskOrder;
  due_hours: number | null;
  prelabels: string | null;
  launch: boolean;
  catch_up: CatchUp;
};

// --- webhooks ---------------------------------------------------------------

// --- saved queries ----------------------------------------------------------
export type SavedQuery = {
  id: Id;
  name: string;
  query: string;
  sort: string | null;
  shared: boolean;
  owner: Ref | null;
  mine: boolean;
  created_at: Time;
  updated_at: Time;
};

// --- queue ------------------------------------------------------------------

export type QueueProject = {
  id: Id;
  name: string;
  media: Media;
  /** To label. */
  available: number;
  /** To review. */
  reviews: number;
  mine: number;
  /** A manager lets the person have no new tasks. */
  paused: boolean;
  submitted_today: number;
  submitted_total: number;
};
export type Queue = { projects: QueueProject[] };
export type Draft = { response: Response; saved_at: Time };
export type TaskAnswer = {
  submission_id: Id;
  /** Which of the task's judgements it is. */
  slot: number;
  by: Ref | null;
  at: Time;
  seconds: number | null;
  response: Response;
  taxonomy_version: number;
};
export type Verdict = "accepted" | "fixed" | "rejected";
export type TaskReview = {
  review_id: Id;
  level: number;
  verdict: Verdict;
  note: string;
  /** The judgements that were sent back; none: all of them. */
  slots: number[];
  by: Ref | null;
  at: Time;
};
export type Task = {
  task_id: Id;
  stage: "label" | "review";
  /** Of a review: 1 is the first. */
  level: number;
  review_levels: number;
  /** Above 1 when a review sent it back. */
  round: number;
  /** To be reviewed: the answers that stand. Sent back: one's own last one. */
  answers: TaskAnswer[];
  /** Oldest first. */
  reviews: TaskReview[];
  /** Why a manager had it done once more. */
  reopened: string | null;
  /** Of a review of several answers. */
  agreement: Agreement | null;
  lease_id: Id;
  lease_remaining_ms: number;
  heartbeat_ms: number;
  project: { id: Id; name: string; media: Media };
  batch: { id: Id; name: string; kind: BatchKind };
  asset: Asset;
  taxonomy_version: number;
  draft: Draft | null;
  /** Of a task to be labelled; what did not fit its taxonomy is left out of it. */
  prelabel: (Prelabel & { left_out: Problem[] }) | null;
};
export type ClaimReason = { code: string; message: string };
export type Claim = { tasks: Task[]; reason: ClaimReason | null };
export type Submitted = {
  submission_id: Id;
  task_id: Id;
  submitted_at: Time;
  replayed: boolean;
  /** After a training task. */
  feedback: Feedback | null;
};
/** How a training task went: agreement from 0 to 1 with the known answer. */
export type Feedback = { score: number; response: Response; note: string };
export type ReviewSaid = {
  review_id: Id;
  task_id: Id;
  verdict: Verdict;
  at: Time;
  replayed: boolean;
};
export type HistoryEntry = {
  submission_id: Id;
  task_id: Id;
  project: { id: Id; name: string; media: Media };
  asset: Asset;
  batch: Ref | null;
  at: Time;
  seconds: number | null;
  response: Response;
  taxonomy_version: number;
  /** It stands and no review of it has begun. */
  amendable: boolean;
  /** Oldest first. */
  reviews: TaskReview[];
};

/** A task that one passed on. */
export type Skip = {
  project_id: Id;
  task_id: Id;
  asset: Asset;
  batch: Ref;
  reason: string;
  at: Time;
  /** The batch still takes answers. */
  open: boolean;
};

export type * from "./agreementTypes";
export type * from "./annotationTypes";
export type * from "./orderTypes";
export type * from "./prelabelTypes";
export type * from "./qualityTypes";
export type * from "./webhookTypes";

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
