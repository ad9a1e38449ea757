-- What Scale's clients say of projects, batches and tasks beyond what Sheaf has of them.
CREATE TABLE scale_projects (
    project_id INTEGER NOT NULL PRIMARY KEY,
    type TEXT NOT NULL,                                          -- of its tasks
    staged INTEGER NOT NULL CHECK (staged IN (0, 1)),            -- its batches wait to be finalized
    n_tasks INTEGER NOT NULL DEFAULT 0,                          -- numbers given to tasks, from 1; never given again
    callback_key TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scale_params (
    project_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    params TEXT NOT NULL,                                        -- a JSON object
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE scale_batches (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    named INTEGER NOT NULL CHECK (named IN (0, 1)),              -- 0: for tasks that name no batch
    callback TEXT,
    metadata TEXT NOT NULL DEFAULT '{}',
    n_pending INTEGER NOT NULL DEFAULT 0,
    n_completed INTEGER NOT NULL DEFAULT 0,
    n_canceled INTEGER NOT NULL DEFAULT 0,
    n_error INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),      -- its end was told to the callback
    PRIMARY KEY (project_id, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE scale_tasks (
    project_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    type TEXT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('fetch', 'ready', 'bound', 'apart')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'canceled', 'error')),
    ordinal INTEGER,                                             -- its asset
    unique_id TEXT,
    params TEXT NOT NULL,                                        -- what it was made with: a JSON object
    metadata TEXT NOT NULL DEFAULT '{}',
    tags TEXT,                                                   -- a JSON list
    callback TEXT,
    callback_ok INTEGER,
    priority INTEGER,
    is_test INTEGER NOT NULL DEFAULT 0,
    params_version INTEGER,                                      -- of the project's, that it inherits
    response TEXT,                                               -- of what is not answered at Sheaf's desk
    error TEXT,                                                  -- why it is an error: JSON
    review TEXT NOT NULL DEFAULT 'pending',
    audits TEXT,                                                 -- a JSON list
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    completed_ms INTEGER,
    fetch_due_ms INTEGER,
    fetch_attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, number),
    CHECK ((stage = 'bound') = (ordinal IS NOT NULL)),
    CHECK ((status = 'completed') = (completed_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX scale_tasks_unique_id ON scale_tasks (project_id, unique_id) WHERE unique_id IS NOT NULL;
CREATE UNIQUE INDEX scale_tasks_asset ON scale_tasks (project_id, batch_id, ordinal) WHERE ordinal IS NOT NULL;
-- Pages of a batch and of a status, newest first; pages between two times.
CREATE INDEX scale_tasks_batch ON scale_tasks (project_id, batch_id, status, number);
CREATE INDEX scale_tasks_batch_all ON scale_tasks (project_id, batch_id, number);
CREATE INDEX scale_tasks_status ON scale_tasks (project_id, status, number);
CREATE INDEX scale_tasks_created ON scale_tasks (project_id, created_ms);
-- What waits for its attachment, or to become a member of its batch.
CREATE INDEX scale_tasks_fetch ON scale_tasks (project_id, fetch_due_ms) WHERE fetch_due_ms IS NOT NULL;
CREATE INDEX scale_tasks_ready ON scale_tasks (project_id, batch_id, number) WHERE stage = 'ready';

CREATE TABLE scale_task_tags (
    project_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (project_id, tag, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE scale_callbacks (
    project_id INTEGER NOT NULL,
    number INTEGER NOT NULL,                                     -- grows with the time
    task INTEGER,                                                -- NULL: it is about a batch
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX scale_callbacks_due ON scale_callbacks (project_id, due_ms);
