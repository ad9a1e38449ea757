-- The schema as it was when PostgreSQL came: that of SQLite after its step 11. Later steps have the same numbers in both.
-- Every key begins with the project (or is the instance's), so that it shards by project. Times are milliseconds since the
-- Unix epoch, UTC. Ids are time-ordered numbers made by the application. Texts are compared by their bytes, as SQLite does.

-- The instance: set-up token, instance id.
CREATE TABLE instance (
    name TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE users (
    user_id BIGINT PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL CONSTRAINT users_email UNIQUE, -- lower case
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C", -- PHC string; NULL: cannot log in
    is_admin BIGINT NOT NULL CHECK (is_admin IN (0, 1)),
    disabled BIGINT NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_ms BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY, -- SHA-256 of the cookie
    user_id BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE invitations (
    invitation_id BIGINT PRIMARY KEY,
    token_hash BYTEA NOT NULL CONSTRAINT invitations_token UNIQUE,
    email TEXT COLLATE "C",
    project_id BIGINT,
    roles BIGINT NOT NULL,
    is_admin BIGINT NOT NULL CHECK (is_admin IN (0, 1)),
    created_by BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms BIGINT,
    used_by BIGINT
);
CREATE INDEX invitations_project ON invitations (project_id, invitation_id);

CREATE TABLE api_keys (
    key_id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    prefix TEXT COLLATE "C" NOT NULL,
    secret_hash BYTEA NOT NULL CONSTRAINT api_keys_secret UNIQUE, -- SHA-256 of the whole key
    created_ms BIGINT NOT NULL,
    last_used_ms BIGINT,
    revoked_ms BIGINT
);
CREATE INDEX api_keys_user ON api_keys (user_id, key_id);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor BIGINT,
    action TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    details TEXT COLLATE "C" NOT NULL
);

CREATE TABLE projects (
    project_id BIGINT PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL CONSTRAINT projects_name UNIQUE,
    media TEXT COLLATE "C" NOT NULL CHECK (media IN ('image', 'text')),
    instructions TEXT COLLATE "C" NOT NULL,
    settings TEXT COLLATE "C" NOT NULL, -- JSON
    attribution TEXT COLLATE "C", -- JSON
    archived BIGINT NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    taxonomy_version BIGINT NOT NULL DEFAULT 0,
    n_assets BIGINT NOT NULL DEFAULT 0, -- the next ordinal
    revision BIGINT NOT NULL DEFAULT 0, -- of the library's rows and blocks; never reused
    tail_revision BIGINT NOT NULL DEFAULT 0, -- of the last edit of an unsealed row
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL
);

CREATE TABLE members (
    project_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    roles BIGINT NOT NULL CHECK (roles BETWEEN 1 AND 7),
    paused_ms BIGINT, -- since when they are handed no new tasks, and who said so
    paused_by BIGINT,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX members_user ON members (user_id, project_id, roles);

CREATE TABLE taxonomies (
    project_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL, -- JSON
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE uploads (
    project_id BIGINT NOT NULL,
    upload_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'finished', 'cancelled')),
    received BIGINT NOT NULL DEFAULT 0,
    added BIGINT NOT NULL DEFAULT 0,
    updated BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    batch_plan TEXT COLLATE "C", -- JSON: the batch to make when it is finished
    manifest TEXT COLLATE "C", -- JSON: the manifest that is being read, and how far
    batch_id BIGINT,
    first_ordinal BIGINT,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    finished_ms BIGINT,
    PRIMARY KEY (project_id, upload_id),
    CONSTRAINT uploads_name UNIQUE (project_id, name)
);

-- What the server has of the files of an upload: for resuming and for the report.
CREATE TABLE upload_files (
    project_id BIGINT NOT NULL,
    upload_id BIGINT NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('done', 'duplicate', 'refused')),
    ordinal BIGINT, -- NULL: refused, or an archive
    code TEXT COLLATE "C", -- why it was refused
    message TEXT COLLATE "C",
    PRIMARY KEY (project_id, upload_id, path)
);

-- Rows of manifests that describe a file which has not come yet.
CREATE TABLE upload_sidecars (
    project_id BIGINT NOT NULL,
    upload_id BIGINT NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    row BIGINT NOT NULL,
    reported BIGINT NOT NULL DEFAULT 0 CHECK (reported IN (0, 1)),
    data TEXT COLLATE "C" NOT NULL, -- JSON: name, reference, metadata
    PRIMARY KEY (project_id, upload_id, path)
);

CREATE TABLE upload_problems (
    project_id BIGINT NOT NULL,
    upload_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    row BIGINT,
    path TEXT COLLATE "C",
    code TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    hint TEXT COLLATE "C",
    PRIMARY KEY (project_id, upload_id, seq)
);

-- The record of truth. The key clusters the rows in upload order.
CREATE TABLE assets (
    project_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C",
    upload_id BIGINT NOT NULL,
    uploaded_ms BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    size BIGINT,
    width BIGINT,
    height BIGINT,
    fingerprint BIGINT NOT NULL, -- of content and row: adds nothing twice in one upload
    content BYTEA, -- SHA-256 of the stored file
    thumbnail BYTEA, -- SHA-256 of the stored thumbnail
    url TEXT COLLATE "C",
    metadata TEXT COLLATE "C" NOT NULL, -- a JSON object
    PRIMARY KEY (project_id, ordinal)
);

-- Uploading a reference id again updates; the key makes a second asset impossible.
CREATE UNIQUE INDEX assets_reference ON assets (project_id, reference) WHERE reference IS NOT NULL;

-- Content of text assets, apart from the rows so that scans of rows stay small.
CREATE TABLE texts (
    project_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (project_id, ordinal)
);

-- Fields of the metadata; small numbers for the keys of the blocks. New fields add rows, never DDL.
CREATE TABLE fields (
    project_id BIGINT NOT NULL,
    field_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (project_id, field_id),
    CONSTRAINT fields_name UNIQUE (project_id, name)
);

-- Sealed chunks of 65,536 ordinals: their version grows with every rewrite of a block.
CREATE TABLE chunks (
    project_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (project_id, chunk)
);

-- The index: one block for each field and chunk (sheaf-select::codec).
CREATE TABLE blocks (
    project_id BIGINT NOT NULL,
    field_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (project_id, field_id, chunk)
);

CREATE TABLE batches (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('production', 'calibration', 'self_label', 'gold', 'training')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('staging', 'in_progress', 'paused', 'completed', 'cancelled')),
    archived BIGINT NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    priority BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL DEFAULT 1,
    recipe TEXT COLLATE "C" NOT NULL, -- JSON, as stored (see sheaf-app)
    n_members BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    launched_ms BIGINT,
    ended_ms BIGINT,
    stamp BIGINT NOT NULL DEFAULT 0,
    overlap BIGINT NOT NULL DEFAULT 1 CHECK (overlap BETWEEN 1 AND 100),
    review_levels BIGINT NOT NULL DEFAULT 0 CHECK (review_levels BETWEEN 0 AND 4),
    open_to TEXT COLLATE "C", -- JSON: groups and people; NULL: everybody
    task_order TEXT COLLATE "C", -- JSON; NULL: in upload order
    due_ms BIGINT,
    position BIGINT, -- that a manager gave it; NULL: none
    sequence BIGINT NOT NULL DEFAULT 0, -- rows of batch_sequence that are its order; 0: none
    gold_rate BIGINT NOT NULL DEFAULT 5 CHECK (gold_rate BETWEEN 1 AND 50),
    PRIMARY KEY (project_id, batch_id),
    CONSTRAINT batches_name UNIQUE (project_id, name),
    CHECK ((state IN ('completed', 'cancelled')) = (ended_ms IS NOT NULL)),
    CHECK (state NOT IN ('in_progress', 'paused', 'completed') OR launched_ms IS NOT NULL)
);

CREATE TABLE batch_members (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    n BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (project_id, batch_id, chunk)
);

-- The batches that may hold an asset.
CREATE INDEX batch_members_chunk ON batch_members (project_id, chunk, batch_id);

-- Judgements and reviews of touched tasks only. state: 0 open, 1 leased, 2 submitted, 3 blocked, 4 cancelled, 5 a review that waits.
CREATE TABLE slots (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    stage BIGINT NOT NULL, -- 0 label, 1 and more: review levels
    n BIGINT NOT NULL,
    state BIGINT NOT NULL CHECK (state BETWEEN 0 AND 5),
    holder BIGINT,
    fence BYTEA,
    token BIGINT NOT NULL,
    lease_until BIGINT,
    held_since BIGINT,
    round BIGINT NOT NULL,
    claim_id BYTEA, -- the client's: a repeated claim gets the same again
    taxonomy_version BIGINT NOT NULL, -- that the holder was shown, and is checked against
    kept_for BIGINT, -- whom it is kept for, until when
    kept_until BIGINT,
    PRIMARY KEY (project_id, batch_id, ordinal, stage, n),
    CHECK ((state IN (1, 2)) = (holder IS NOT NULL)),
    CHECK ((state = 1) = (lease_until IS NOT NULL)),
    CHECK ((kept_for IS NULL) = (kept_until IS NULL))
);

CREATE TABLE submissions (
    project_id BIGINT NOT NULL,
    submission_id BYTEA NOT NULL, -- made by the client
    body_hash BYTEA NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    n BIGINT NOT NULL,
    person BIGINT NOT NULL,
    round BIGINT NOT NULL,
    fence BYTEA NOT NULL,
    taxonomy_version BIGINT NOT NULL,
    response TEXT COLLATE "C" NOT NULL, -- JSON
    seconds DOUBLE PRECISION,
    submitted_ms BIGINT NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1, -- an answer that its author changed is a new row of the same slot and round
    PRIMARY KEY (project_id, submission_id)
);
CREATE INDEX submissions_task ON submissions (project_id, batch_id, ordinal);
CREATE INDEX submissions_person ON submissions (project_id, person, submitted_ms, batch_id, ordinal);

-- How often a label stands in the answer of a task: for queries.
CREATE TABLE answer_labels (
    project_id BIGINT NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    ordinal BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (project_id, label, ordinal, batch_id)
);

CREATE TABLE skips (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    person BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal, stage, person)
);

CREATE TABLE drafts (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    person BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    response TEXT COLLATE "C" NOT NULL,
    saved_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal, stage, person)
);

-- The ledger: what happened to an asset's tasks. Kinds: see sheaf-store::events.
CREATE TABLE events (
    project_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    seq BIGINT NOT NULL, -- tells events of one millisecond apart
    kind BIGINT NOT NULL,
    actor BIGINT,
    batch_id BIGINT,
    details TEXT COLLATE "C",
    PRIMARY KEY (project_id, ordinal, at_ms, seq)
);

-- A batch's members change in revisions: made, appended to, removed from. Needed by the list of revisions, by "make it
-- again" and by the difference against today.
CREATE TABLE batch_revisions (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL CHECK (action IN ('created', 'appended', 'removed')),
    n BIGINT NOT NULL, -- assets that came or went
    text TEXT COLLATE "C" NOT NULL, -- the recipe as a sentence
    recipe TEXT COLLATE "C", -- JSON; NULL for the first: the batch's own
    at_ms BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    PRIMARY KEY (project_id, batch_id, revision),
    CHECK ((action = 'created') = (revision = 1)),
    CHECK ((recipe IS NULL) = (revision = 1))
);

-- Members that the queue hands out first: those appended below the cursor; all of them in an order that is not the upload's.
CREATE TABLE batch_late (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    n BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (project_id, batch_id, chunk)
);

-- Queries kept under a name, and recipes that make batches by themselves.

CREATE TABLE saved_queries (
    project_id BIGINT NOT NULL,
    saved_query_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    query TEXT COLLATE "C" NOT NULL,
    sort TEXT COLLATE "C",
    shared BIGINT NOT NULL CHECK (shared IN (0, 1)),
    owner BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, saved_query_id)
);

-- A person's own, and that each name is there once among them.
CREATE UNIQUE INDEX saved_queries_own ON saved_queries (project_id, owner, name);

-- The shared ones of a project, and that each name is there once among them.
CREATE UNIQUE INDEX saved_queries_shared ON saved_queries (project_id, name) WHERE shared = 1;

CREATE TABLE standing_batches (
    project_id BIGINT NOT NULL,
    standing_batch_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL, -- JSON: sheaf_model::StandingPlan
    trigger_kind TEXT COLLATE "C" NOT NULL CHECK (trigger_kind IN ('daily', 'matches')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'paused')),
    next_due_ms BIGINT, -- the first due time that was not dealt with
    n_runs BIGINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (project_id, standing_batch_id),
    CONSTRAINT standing_batches_name UNIQUE (project_id, name),
    CHECK ((next_due_ms IS NOT NULL) = (state = 'active' AND trigger_kind = 'daily'))
);

-- The scheduler: what is due, over all projects.
CREATE INDEX standing_batches_due ON standing_batches (next_due_ms) WHERE next_due_ms IS NOT NULL;

-- The scheduler: what has to be counted.
CREATE INDEX standing_batches_counting ON standing_batches (project_id, standing_batch_id)
    WHERE state = 'active' AND trigger_kind = 'matches';

-- What came of each run. Written in the transaction that makes its batch and moves on what is due.
CREATE TABLE standing_runs (
    project_id BIGINT NOT NULL,
    standing_batch_id BIGINT NOT NULL,
    n BIGINT NOT NULL, -- 1, 2, 3, ...
    cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('time', 'matches', 'hand')),
    due_ms BIGINT NOT NULL,
    ran_ms BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('made', 'empty', 'failed', 'skipped')),
    batch_id BIGINT, -- NULL: none was made, or it was deleted
    members BIGINT NOT NULL,
    message TEXT COLLATE "C",
    PRIMARY KEY (project_id, standing_batch_id, n),
    CHECK (batch_id IS NULL OR outcome = 'made')
);

-- A due time is dealt with once.
CREATE UNIQUE INDEX standing_runs_due ON standing_runs (project_id, standing_batch_id, due_ms) WHERE cause = 'time';

-- Which standing batch made a batch.
CREATE UNIQUE INDEX standing_runs_batch ON standing_runs (project_id, batch_id) WHERE batch_id IS NOT NULL;

-- The matches that the runs of a standing batch have counted, as members are stored (sheaf_select::members).
CREATE TABLE standing_counted (
    project_id BIGINT NOT NULL,
    standing_batch_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (project_id, standing_batch_id, chunk)
);

-- Bulk updates of metadata: one row each, the report of what was refused, and which assets were changed.

CREATE TABLE metadata_updates (
    project_id BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('jsonl', 'csv', 'query', 'assets')),
    query TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
    total BIGINT, -- rows or assets; NULL: not known
    done BIGINT NOT NULL DEFAULT 0,
    updated BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    message TEXT COLLATE "C", -- why it failed
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    finished_ms BIGINT,
    PRIMARY KEY (project_id, update_id),
    CHECK (done = updated + unchanged + refused)
);

CREATE TABLE metadata_update_problems (
    project_id BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    row BIGINT,
    code TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    hint TEXT COLLATE "C",
    PRIMARY KEY (project_id, update_id, seq)
);

-- The ledger's part: the assets that an update changed, a bitmap a chunk, as the members of a batch are. The key serves
-- "which updates changed this asset".
CREATE TABLE metadata_update_assets (
    project_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (project_id, chunk, update_id)
);

-- A batch's counts, which move with every claim, apart from its row, which rarely changes and is kept in memory.
CREATE TABLE batch_progress (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    cursor BIGINT NOT NULL DEFAULT 0, -- members below it are touched
    late_cursor BIGINT NOT NULL DEFAULT 0, -- of those appended below the cursor, those below it
    n_open BIGINT NOT NULL DEFAULT 0, -- label slots, touched and free
    n_leased BIGINT NOT NULL DEFAULT 0,
    n_submitted BIGINT NOT NULL DEFAULT 0,
    n_blocked BIGINT NOT NULL DEFAULT 0, -- slots of any stage
    n_review_open BIGINT NOT NULL DEFAULT 0,
    n_review_leased BIGINT NOT NULL DEFAULT 0,
    n_done BIGINT NOT NULL DEFAULT 0, -- tasks
    PRIMARY KEY (project_id, batch_id)
);

-- What is free for anybody, and what is kept for somebody.
CREATE INDEX slots_open ON slots (project_id, batch_id, stage, ordinal) WHERE state = 0 AND kept_for IS NULL;
CREATE INDEX slots_kept ON slots (project_id, batch_id, stage, kept_for, ordinal) WHERE state = 0 AND kept_for IS NOT NULL;

-- What a person holds.
CREATE INDEX slots_held ON slots (holder, project_id) WHERE state = 1;

-- What is overdue.
CREATE INDEX slots_lease ON slots (project_id, batch_id, lease_until) WHERE state = 1;

-- Nobody has two parts in a task: neither two judgements nor a judgement and its review.
CREATE UNIQUE INDEX slots_person ON slots (project_id, batch_id, ordinal, holder) WHERE holder IS NOT NULL;

-- Verdicts of reviewers, never changed. The answer of a fix is a submission of the review's stage.
CREATE TABLE reviews (
    project_id BIGINT NOT NULL,
    review_id BYTEA NOT NULL, -- made by the client
    body_hash BYTEA NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    stage BIGINT NOT NULL,
    person BIGINT NOT NULL,
    round BIGINT NOT NULL,
    fence BYTEA NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('accepted', 'fixed', 'rejected')),
    note TEXT COLLATE "C" NOT NULL,
    slots TEXT COLLATE "C" NOT NULL, -- JSON: what was sent back; empty: all
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, review_id)
);
CREATE INDEX reviews_task ON reviews (project_id, batch_id, ordinal, at_ms);
CREATE INDEX slots_kept_until ON slots (project_id, batch_id, stage, kept_until) WHERE state = 0 AND kept_for IS NOT NULL;

-- Webhooks: who is told, what is still to be told (the outbox, written with the change itself), and what came of it.

CREATE TABLE webhooks (
    project_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    events BIGINT NOT NULL, -- bits, see WebhookEvent
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'off', 'gone', 'failing', 'deleted')),
    secret BYTEA NOT NULL,
    old_secret BYTEA, -- the one before, valid until ...
    old_secret_until_ms BIGINT,
    failing_since_ms BIGINT, -- first failure since the last success
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (project_id, webhook_id),
    CHECK ((old_secret IS NULL) = (old_secret_until_ms IS NULL))
);

CREATE TABLE webhook_outbox (
    project_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    number BIGINT NOT NULL, -- grows with the time
    event TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts BIGINT NOT NULL DEFAULT 0, -- failed ones since it was put, or put again
    due_ms BIGINT,
    locked_until_ms BIGINT NOT NULL DEFAULT 0, -- somebody is sending it
    PRIMARY KEY (project_id, webhook_id, number),
    CHECK ((state = 'waiting') = (due_ms IS NOT NULL))
);

-- What is due next for a webhook, and how much waits.
CREATE INDEX webhook_outbox_due ON webhook_outbox (project_id, webhook_id, due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE webhook_attempts (
    project_id BIGINT NOT NULL,
    webhook_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    n BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    status BIGINT, -- of the answer; NULL: there was none
    error TEXT COLLATE "C",
    took_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, webhook_id, number, n)
);

-- How far the judgements of a task agree: written with the last of them, in its transaction. Only of tasks that several
-- people judge.
CREATE TABLE agreements (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    score BIGINT NOT NULL CHECK (score BETWEEN 0 AND 1000000), -- millionths
    PRIMARY KEY (project_id, batch_id, ordinal)
);
CREATE INDEX agreements_score ON agreements (project_id, batch_id, score, ordinal);

-- Sums over a batch's tasks (sheaf_model::agreement::Tally): all whole numbers, so that they equal a recount.
CREATE TABLE agreement_sums (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    kind BIGINT NOT NULL CHECK (kind BETWEEN 0 AND 5),
    one BIGINT NOT NULL, -- a person, a bin of scores, a number of people
    other BIGINT NOT NULL, -- a person
    subject TEXT COLLATE "C" NOT NULL, -- a field or a label; empty: the annotations
    one_says TEXT COLLATE "C" NOT NULL,
    other_says TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    total BIGINT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (project_id, batch_id, kind, one, other, subject, one_says, other_says)
);

-- Who a batch is open to, in which order its tasks come, where it stands among the batches, and when it is due.

CREATE TABLE person_groups (
    project_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (project_id, group_id),
    CONSTRAINT person_groups_name UNIQUE (project_id, name)
);

CREATE TABLE person_group_people (
    project_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (project_id, group_id, user_id)
);

-- Tasks in the order of a field, 65,536 places a row (sheaf-select::sequence). In batches that are not in upload order
-- every untouched task is in batch_late, and the late cursor is a place in this order.
CREATE TABLE batch_sequence (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (project_id, batch_id, sequence, chunk)
);

-- What a person passed on.
CREATE INDEX skips_person ON skips (project_id, person, at_ms DESC);

-- Who handed in how much when, so that pace and people's work are read without reading answers. Hours are counted from 1970.
CREATE TABLE batch_hours (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    person BIGINT NOT NULL,
    n_labels BIGINT NOT NULL, -- answers handed in; a change of one does not count
    n_sent_back BIGINT NOT NULL, -- those of these answers that were sent back since
    n_timed BIGINT NOT NULL, -- those of these answers that say how long they took
    label_ms BIGINT NOT NULL, -- and how long in all
    n_reviews BIGINT NOT NULL, -- verdicts
    n_rejections BIGINT NOT NULL, -- those of the verdicts that sent something back
    PRIMARY KEY (project_id, batch_id, hour, person)
);

-- What too many people passed on.
CREATE INDEX slots_blocked ON slots (project_id, batch_id, ordinal) WHERE state = 3;

-- A claim looks for the batches in progress of a project, best first.
CREATE INDEX batches_serving ON batches (project_id, kind, priority DESC, batch_id) WHERE state = 'in_progress';

-- The answers of quality batches: kinds gold and training.
CREATE TABLE known_answers (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    response TEXT COLLATE "C" NOT NULL, -- JSON
    note TEXT COLLATE "C" NOT NULL,
    person BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal)
);

-- Quality tasks that people were given, and how they did.
CREATE TABLE quality (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    person BIGINT NOT NULL,
    shown_batch BIGINT, -- that a gold task says it is of
    score BIGINT, -- millionths; NULL: not handed in
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal, person)
);

-- What is compressed already is not compressed again; rows that move with every claim have room to stay on their page.
ALTER TABLE blocks ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE batch_members ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE batch_late ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE batch_sequence ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE batch_progress SET (fillfactor = 50);
ALTER TABLE slots SET (fillfactor = 80);
