-- What Scale's clients say of projects, batches and tasks beyond what Sheaf has of them.
CREATE TABLE scale_projects (
    project_id BIGINT NOT NULL PRIMARY KEY,
    type TEXT COLLATE "C" NOT NULL, -- of its tasks
    staged BIGINT NOT NULL CHECK (staged IN (0, 1)), -- its batches wait to be finalized
    n_tasks BIGINT NOT NULL DEFAULT 0, -- numbers given to tasks, from 1; never given again
    callback_key TEXT COLLATE "C" NOT NULL,
    created_ms BIGINT NOT NULL
);

CREATE TABLE scale_params (
    project_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    params TEXT COLLATE "C" NOT NULL, -- a JSON object
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, version)
);

CREATE TABLE scale_batches (
    project_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    named BIGINT NOT NULL CHECK (named IN (0, 1)), -- 0: for tasks that name no batch
    callback TEXT COLLATE "C",
    metadata TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    n_pending BIGINT NOT NULL DEFAULT 0,
    n_completed BIGINT NOT NULL DEFAULT 0,
    n_canceled BIGINT NOT NULL DEFAULT 0,
    n_error BIGINT NOT NULL DEFAULT 0,
    told BIGINT NOT NULL DEFAULT 0 CHECK (told IN (0, 1)), -- its end was told to the callback
    PRIMARY KEY (project_id, batch_id)
);

CREATE TABLE scale_tasks (
    project_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL CHECK (stage IN ('fetch', 'ready', 'bound', 'apart')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('pending', 'completed', 'canceled', 'error')),
    ordinal BIGINT, -- its asset
    unique_id TEXT COLLATE "C",
    params TEXT COLLATE "C" NOT NULL, -- what it was made with: a JSON object
    metadata TEXT COLLATE "C" NOT NULL DEFAULT '{}',
    tags TEXT COLLATE "C", -- a JSON list
    callback TEXT COLLATE "C",
    callback_ok BIGINT,
    priority BIGINT,
    is_test BIGINT NOT NULL DEFAULT 0,
    params_version BIGINT, -- of the project's, that it inherits
    response TEXT COLLATE "C", -- of what is not answered at Sheaf's desk
    error TEXT COLLATE "C", -- why it is an error: JSON
    review TEXT COLLATE "C" NOT NULL DEFAULT 'pending',
    audits TEXT COLLATE "C", -- a JSON list
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    completed_ms BIGINT,
    fetch_due_ms BIGINT,
    fetch_attempts BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, number),
    CHECK ((stage = 'bound') = (ordinal IS NOT NULL)),
    CHECK ((status = 'completed') = (completed_ms IS NOT NULL))
);

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
    project_id BIGINT NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (project_id, tag, number)
);

CREATE TABLE scale_callbacks (
    project_id BIGINT NOT NULL,
    number BIGINT NOT NULL, -- grows with the time
    task BIGINT, -- NULL: it is about a batch
    url TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, number)
);
CREATE INDEX scale_callbacks_due ON scale_callbacks (project_id, due_ms);
