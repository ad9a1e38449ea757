-- Overlap and reviews: what a batch asks for each task, slots of several stages, verdicts. And a batch's counts, which move
-- with every claim, apart from its row, which rarely changes and is kept in memory.

ALTER TABLE batches ADD COLUMN overlap INTEGER NOT NULL DEFAULT 1 CHECK (overlap BETWEEN 1 AND 16);
ALTER TABLE batches ADD COLUMN review_levels INTEGER NOT NULL DEFAULT 0 CHECK (review_levels BETWEEN 0 AND 4);

CREATE TABLE batch_progress (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    cursor INTEGER NOT NULL DEFAULT 0,                           -- members below it are touched
    late_cursor INTEGER NOT NULL DEFAULT 0,                      -- of those appended below the cursor, those below it
    n_open INTEGER NOT NULL DEFAULT 0,                           -- label slots, touched and free
    n_leased INTEGER NOT NULL DEFAULT 0,
    n_submitted INTEGER NOT NULL DEFAULT 0,
    n_blocked INTEGER NOT NULL DEFAULT 0,                        -- slots of any stage
    n_review_open INTEGER NOT NULL DEFAULT 0,
    n_review_leased INTEGER NOT NULL DEFAULT 0,
    n_done INTEGER NOT NULL DEFAULT 0,                           -- tasks
    PRIMARY KEY (project_id, batch_id)
) STRICT, WITHOUT ROWID;
INSERT INTO batch_progress (project_id, batch_id, cursor, late_cursor, n_open, n_leased, n_submitted, n_blocked, n_done)
SELECT project_id, batch_id, cursor, late_cursor, n_open, n_leased, n_submitted, n_blocked, n_submitted FROM batches;
ALTER TABLE batches DROP COLUMN cursor;
ALTER TABLE batches DROP COLUMN late_cursor;
ALTER TABLE batches DROP COLUMN n_open;
ALTER TABLE batches DROP COLUMN n_leased;
ALTER TABLE batches DROP COLUMN n_submitted;
ALTER TABLE batches DROP COLUMN n_blocked;

-- state: 0 open, 1 leased, 2 submitted, 3 blocked, 4 cancelled, 5 a review that waits.
CREATE TABLE slots_of_stages (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    stage INTEGER NOT NULL,                                      -- 0 label, 1 and more: review levels
    n INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
    holder INTEGER,
    fence BLOB,
    token INTEGER NOT NULL,
    lease_until INTEGER,
    held_since INTEGER,
    round INTEGER NOT NULL,
    claim_id BLOB,                                               -- the client's: a repeated claim gets the same again
    taxonomy_version INTEGER NOT NULL,                           -- that the holder was shown, and is checked against
    kept_for INTEGER,                                            -- whom it is kept for, until when
    kept_until INTEGER,
    PRIMARY KEY (project_id, batch_id, ordinal, stage, n),
    CHECK ((state IN (1, 2)) = (holder IS NOT NULL)),
    CHECK ((state = 1) = (lease_until IS NOT NULL)),
    CHECK ((kept_for IS NULL) = (kept_until IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO slots_of_stages
SELECT project_id, batch_id, ordinal, stage, n, state, holder, fence, token, lease_until, held_since, round, claim_id,
       taxonomy_version, NULL, NULL FROM slots;
DROP TABLE slots;
ALTER TABLE slots_of_stages RENAME TO slots;
-- What is free for anybody, and what is kept for somebody.
CREATE INDEX slots_open ON slots (project_id, batch_id, stage, ordinal) WHERE state = 0 AND kept_for IS NULL;
CREATE INDEX slots_kept ON slots (project_id, batch_id, stage, kept_for, ordinal) WHERE state = 0 AND kept_for IS NOT NULL;
-- What a person holds.
CREATE INDEX slots_held ON slots (holder, project_id) WHERE state = 1;
-- What is overdue.
CREATE INDEX slots_lease ON slots (project_id, batch_id, lease_until) WHERE state = 1;
-- Nobody has two parts in a task: neither two judgements nor a judgement and its review.
CREATE UNIQUE INDEX slots_person ON slots (project_id, batch_id, ordinal, holder) WHERE holder IS NOT NULL;

-- An answer that its author changed is a new row of the same slot and round.
ALTER TABLE submissions ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- Verdicts of reviewers, never changed. The answer of a fix is a submission of the review's stage.
CREATE TABLE reviews (
    project_id INTEGER NOT NULL,
    review_id BLOB NOT NULL,                                     -- made by the client
    body_hash BLOB NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    stage INTEGER NOT NULL,
    person INTEGER NOT NULL,
    round INTEGER NOT NULL,
    fence BLOB NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'fixed', 'rejected')),
    note TEXT NOT NULL,
    slots TEXT NOT NULL,                                         -- JSON: what was sent back; empty: all
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, review_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reviews_task ON reviews (project_id, batch_id, ordinal, at_ms);
CREATE INDEX slots_kept_until ON slots (project_id, batch_id, stage, kept_until) WHERE state = 0 AND kept_for IS NOT NULL;
