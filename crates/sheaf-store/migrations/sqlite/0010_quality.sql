-- Quality batches: kinds gold and training, whose tasks are for up to 100 people each, and whose answers are known. The
-- table of batches is made anew, because SQLite does not change a CHECK.

CREATE TABLE batches_of_kinds (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('production', 'calibration', 'self_label', 'gold', 'training')),
    state TEXT NOT NULL CHECK (state IN ('staging', 'in_progress', 'paused', 'completed', 'cancelled')),
    archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
    priority INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 1,
    recipe TEXT NOT NULL,                                        -- JSON, as stored (see sheaf-app)
    n_members INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    launched_ms INTEGER,
    ended_ms INTEGER,
    stamp INTEGER NOT NULL DEFAULT 0,
    overlap INTEGER NOT NULL DEFAULT 1 CHECK (overlap BETWEEN 1 AND 100),
    review_levels INTEGER NOT NULL DEFAULT 0 CHECK (review_levels BETWEEN 0 AND 4),
    open_to TEXT,                                                -- JSON: groups and people; NULL: everybody
    task_order TEXT,                                             -- JSON; NULL: in upload order
    due_ms INTEGER,
    position INTEGER,                                            -- that a manager gave it; NULL: none
    sequence INTEGER NOT NULL DEFAULT 0,                         -- rows of batch_sequence that are its order; 0: none
    gold_rate INTEGER NOT NULL DEFAULT 5 CHECK (gold_rate BETWEEN 1 AND 50),
    PRIMARY KEY (project_id, batch_id),
    CONSTRAINT batches_name UNIQUE (project_id, name),
    CHECK ((state IN ('completed', 'cancelled')) = (ended_ms IS NOT NULL)),
    CHECK (state NOT IN ('in_progress', 'paused', 'completed') OR launched_ms IS NOT NULL)
) STRICT;
INSERT INTO batches_of_kinds
SELECT project_id, batch_id, name, kind, state, archived, priority, revision, recipe, n_members, created_ms, created_by,
       launched_ms, ended_ms, stamp, overlap, review_levels, open_to, task_order, due_ms, position, sequence, 5
FROM batches;
DROP TABLE batches;
ALTER TABLE batches_of_kinds RENAME TO batches;
-- A claim looks for the batches in progress of a project, best first.
CREATE INDEX batches_serving ON batches (project_id, kind, priority DESC, batch_id) WHERE state = 'in_progress';

CREATE TABLE known_answers (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    response TEXT NOT NULL,                                      -- JSON
    note TEXT NOT NULL,
    person INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Quality tasks that people were given, and how they did.
CREATE TABLE quality (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    person INTEGER NOT NULL,
    shown_batch INTEGER,                                         -- that a gold task says it is of
    score INTEGER,                                               -- millionths; NULL: not handed in
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, batch_id, ordinal, person)
) STRICT, WITHOUT ROWID;
