-- The first schema. Every key begins with the project (or is the instance's), so that it shards by project.
-- Times are milliseconds since the Unix epoch, UTC. Ids are time-ordered numbers made by the application.

-- The instance: set-up token, instance id.
CREATE TABLE instance (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    user_id INTEGER PRIMARY KEY,
    email TEXT NOT NULL CONSTRAINT users_email UNIQUE,          -- lower case
    name TEXT NOT NULL,
    password_hash TEXT,                                          -- PHC string; NULL: cannot log in
    is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,                                 -- SHA-256 of the cookie
    user_id INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE invitations (
    invitation_id INTEGER PRIMARY KEY,
    token_hash BLOB NOT NULL CONSTRAINT invitations_token UNIQUE,
    email TEXT,
    project_id INTEGER,
    roles INTEGER NOT NULL,
    is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
    created_by INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    used_ms INTEGER,
    used_by INTEGER
) STRICT;
CREATE INDEX invitations_project ON invitations (project_id, invitation_id);

CREATE TABLE api_keys (
    key_id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_hash BLOB NOT NULL CONSTRAINT api_keys_secret UNIQUE, -- SHA-256 of the whole key
    created_ms INTEGER NOT NULL,
    last_used_ms INTEGER,
    revoked_ms INTEGER
) STRICT;
CREATE INDEX api_keys_user ON api_keys (user_id, key_id);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor INTEGER,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    details TEXT NOT NULL
) STRICT;

CREATE TABLE projects (
    project_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CONSTRAINT projects_name UNIQUE,
    media TEXT NOT NULL CHECK (media IN ('image', 'text')),
    instructions TEXT NOT NULL,
    settings TEXT NOT NULL,                                      -- JSON
    attribution TEXT,                                            -- JSON
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    taxonomy_version INTEGER NOT NULL DEFAULT 0,
    n_assets INTEGER NOT NULL DEFAULT 0,                         -- the next ordinal
    revision INTEGER NOT NULL DEFAULT 0,                         -- of the library's rows and blocks; never reused
    tail_revision INTEGER NOT NULL DEFAULT 0,                    -- of the last edit of an unsealed row
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    project_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    roles INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 7),
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id, project_id, roles);

CREATE TABLE taxonomies (
    project_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,                                          -- JSON
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    PRIMARY KEY (project_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
    project_id INTEGER NOT NULL,
    upload_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'cancelled')),
    received INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    batch_plan TEXT,                                             -- JSON: the batch to make when it is finished
    manifest TEXT,                                               -- JSON: the manifest that is being read, and how far
    batch_id INTEGER,
    first_ordinal INTEGER,
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    finished_ms INTEGER,
    PRIMARY KEY (project_id, upload_id),
    CONSTRAINT uploads_name UNIQUE (project_id, name)
) STRICT;

-- What the server has of the files of an upload: for resuming and for the report.
CREATE TABLE upload_files (
    project_id INTEGER NOT NULL,
    upload_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'duplicate', 'refused')),
    ordinal INTEGER,                                             -- NULL: refused, or an archive
    code TEXT,                                                   -- why it was refused
    message TEXT,
    PRIMARY KEY (project_id, upload_id, path)
) STRICT, WITHOUT ROWID;

-- Rows of manifests that describe a file which has not come yet.
CREATE TABLE upload_sidecars (
    project_id INTEGER NOT NULL,
    upload_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    row INTEGER NOT NULL,
    reported INTEGER NOT NULL DEFAULT 0 CHECK (reported IN (0, 1)),
    data TEXT NOT NULL,                                          -- JSON: name, reference, metadata
    PRIMARY KEY (project_id, upload_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE upload_problems (
    project_id INTEGER NOT NULL,
    upload_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    row INTEGER,
    path TEXT,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT,
    PRIMARY KEY (project_id, upload_id, seq)
) STRICT, WITHOUT ROWID;

-- The record of truth. The key clusters the rows in upload order.
CREATE TABLE assets (
    project_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    reference TEXT,
    upload_id INTEGER NOT NULL,
    uploaded_ms INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER,
    width INTEGER,
    height INTEGER,
    fingerprint INTEGER NOT NULL,                                -- of content and row: adds nothing twice in one upload
    content BLOB,                                                -- SHA-256 of the stored file
    thumbnail BLOB,                                              -- SHA-256 of the stored thumbnail
    url TEXT,
    metadata TEXT NOT NULL,                                      -- a JSON object
    PRIMARY KEY (project_id, ordinal)
) STRICT, WITHOUT ROWID;
-- Uploading a reference id again updates; the key makes a second asset impossible.
CREATE UNIQUE INDEX assets_reference ON assets (project_id, reference) WHERE reference IS NOT NULL;

-- Content of text assets, apart from the rows so that scans of rows stay small.
CREATE TABLE texts (
    project_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project_id, ordinal)
) STRICT;

-- Fields of the metadata; small numbers for the keys of the blocks. New fields add rows, never DDL.
CREATE TABLE fields (
    project_id INTEGER NOT NULL,
    field_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (project_id, field_id),
    CONSTRAINT fields_name UNIQUE (project_id, name)
) STRICT, WITHOUT ROWID;

-- Sealed chunks of 65,536 ordinals: their version grows with every rewrite of a block.
CREATE TABLE chunks (
    project_id INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (project_id, chunk)
) STRICT, WITHOUT ROWID;

-- The index: one block for each field and chunk (sheaf-select::codec). A rowid table: the values are large.
CREATE TABLE blocks (
    project_id INTEGER NOT NULL,
    field_id INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (project_id, field_id, chunk)
) STRICT;

CREATE TABLE batches (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('production', 'calibration', 'self_label')),
    state TEXT NOT NULL CHECK (state IN ('staging', 'in_progress', 'paused', 'completed', 'cancelled')),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    priority INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 1,
    recipe TEXT NOT NULL,                                        -- JSON, as stored (see sheaf-app)
    n_members INTEGER NOT NULL,
    cursor INTEGER NOT NULL DEFAULT 0,                           -- members below it are touched
    n_open INTEGER NOT NULL DEFAULT 0,                           -- touched and given back
    n_leased INTEGER NOT NULL DEFAULT 0,
    n_submitted INTEGER NOT NULL DEFAULT 0,
    n_blocked INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    launched_ms INTEGER,
    ended_ms INTEGER,
    PRIMARY KEY (project_id, batch_id),
    CONSTRAINT batches_name UNIQUE (project_id, name),
    CHECK ((state IN ('completed', 'cancelled')) = (ended_ms IS NOT NULL)),
    CHECK (state NOT IN ('in_progress', 'paused', 'completed') OR launched_ms IS NOT NULL)
) STRICT;
-- A claim looks for the batches in progress of a project, best first.
CREATE INDEX batches_serving ON batches (project_id, kind, priority DESC, batch_id) WHERE state = 'in_progress';

CREATE TABLE batch_members (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    n INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (project_id, batch_id, chunk)
) STRICT;

-- The batches that may hold an asset.
CREATE INDEX batch_members_chunk ON batch_members (project_id, chunk, batch_id);

-- Judgements of touched tasks only. state: 0 open, 1 leased, 2 submitted, 3 blocked, 4 cancelled.
CREATE TABLE slots (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    stage INTEGER NOT NULL,                                      -- 0 label
    n INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    holder INTEGER,
    fence BLOB,
    token INTEGER NOT NULL,
    lease_until INTEGER,
    held_since INTEGER,
    round INTEGER NOT NULL,
    claim_id BLOB,                                               -- the client's: a repeated claim gets the same again
    taxonomy_version INTEGER NOT NULL,                           -- that the holder was shown, and is checked against
    PRIMARY KEY (project_id, batch_id, ordinal, stage, n),
    CHECK ((state IN (1, 2)) = (holder IS NOT NULL)),
    CHECK ((state = 1) = (lease_until IS NOT NULL))
) STRICT, WITHOUT ROWID;
-- What came back is claimed first.
CREATE INDEX slots_open ON slots (project_id, batch_id, ordinal) WHERE state = 0;
-- What a person holds.
CREATE INDEX slots_held ON slots (holder, project_id) WHERE state = 1;
-- What is overdue.
CREATE INDEX slots_lease ON slots (project_id, batch_id, lease_until) WHERE state = 1;

CREATE TABLE submissions (
    project_id INTEGER NOT NULL,
    submission_id BLOB NOT NULL,                                 -- made by the client
    body_hash BLOB NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    n INTEGER NOT NULL,
    person INTEGER NOT NULL,
    round INTEGER NOT NULL,
    fence BLOB NOT NULL,
    taxonomy_version INTEGER NOT NULL,
    response TEXT NOT NULL,                                      -- JSON
    seconds REAL,
    submitted_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, submission_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_task ON submissions (project_id, batch_id, ordinal);
CREATE INDEX submissions_person ON submissions (project_id, person, submitted_ms, batch_id, ordinal);

-- How often a label stands in the answer of a task: for queries.
CREATE TABLE answer_labels (
    project_id INTEGER NOT NULL,
    label TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (project_id, label, ordinal, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE skips (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    person INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal, stage, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    response TEXT NOT NULL,
    saved_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal, stage, person)
) STRICT;

-- The ledger: what happened to an asset's tasks. Kinds: see sheaf-store::events.
CREATE TABLE events (
    project_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    seq INTEGER NOT NULL,                                        -- tells events of one millisecond apart
    kind INTEGER NOT NULL,
    actor INTEGER,
    batch_id INTEGER,
    details TEXT,
    PRIMARY KEY (project_id, ordinal, at_ms, seq)
) STRICT, WITHOUT ROWID;
