-- Queries kept under a name, and recipes that make batches by themselves.

CREATE TABLE saved_queries (
    project_id INTEGER NOT NULL,
    saved_query_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    sort TEXT,
    shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
    owner INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, saved_query_id)
) STRICT, WITHOUT ROWID;
-- A person's own, and that each name is there once among them.
CREATE UNIQUE INDEX saved_queries_own ON saved_queries (project_id, owner, name);
-- The shared ones of a project, and that each name is there once among them.
CREATE UNIQUE INDEX saved_queries_shared ON saved_queries (project_id, name) WHERE shared = 1;

CREATE TABLE standing_batches (
    project_id INTEGER NOT NULL,
    standing_batch_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,                                          -- JSON: sheaf_model::StandingPlan
    trigger_kind TEXT NOT NULL CHECK (trigger_kind IN ('daily', 'matches')),
    state TEXT NOT NULL CHECK (state IN ('active', 'paused')),
    next_due_ms INTEGER,                                         -- the first due time that was not dealt with
    n_runs INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    PRIMARY KEY (project_id, standing_batch_id),
    CONSTRAINT standing_batches_name UNIQUE (project_id, name),
    CHECK ((next_due_ms IS NOT NULL) = (state = 'active' AND trigger_kind = 'daily'))
) STRICT;
-- The scheduler: what is due, over all projects.
CREATE INDEX standing_batches_due ON standing_batches (next_due_ms) WHERE next_due_ms IS NOT NULL;
-- The scheduler: what has to be counted.
CREATE INDEX standing_batches_counting ON standing_batches (project_id, standing_batch_id)
    WHERE state = 'active' AND trigger_kind = 'matches';

-- What came of each run. Written in the transaction that makes its batch and moves on what is due.
CREATE TABLE standing_runs (
    project_id INTEGER NOT NULL,
    standing_batch_id INTEGER NOT NULL,
    n INTEGER NOT NULL,                                          -- 1, 2, 3, ...
    cause TEXT NOT NULL CHECK (cause IN ('time', 'matches', 'hand')),
    due_ms INTEGER NOT NULL,
    ran_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('made', 'empty', 'failed', 'skipped')),
    batch_id INTEGER,                                            -- NULL: none was made, or it was deleted
    members INTEGER NOT NULL,
    message TEXT,
    PRIMARY KEY (project_id, standing_batch_id, n),
    CHECK (batch_id IS NULL OR outcome = 'made')
) STRICT, WITHOUT ROWID;
-- A due time is dealt with once.
CREATE UNIQUE INDEX standing_runs_due ON standing_runs (project_id, standing_batch_id, due_ms) WHERE cause = 'time';
-- Which standing batch made a batch.
CREATE UNIQUE INDEX standing_runs_batch ON standing_runs (project_id, batch_id) WHERE batch_id IS NOT NULL;

-- The matches that the runs of a standing batch have counted, as members are stored (sheaf_select::members).
CREATE TABLE standing_counted (
    project_id INTEGER NOT NULL,
    standing_batch_id INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (project_id, standing_batch_id, chunk)
) STRICT;
