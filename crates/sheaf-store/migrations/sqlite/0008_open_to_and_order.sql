-- Who a batch is open to, in which order its tasks come, where it stands among the batches, and when it is due.

CREATE TABLE person_groups (
    project_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    PRIMARY KEY (project_id, group_id),
    CONSTRAINT person_groups_name UNIQUE (project_id, name)
) STRICT;
CREATE TABLE person_group_people (
    project_id INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    PRIMARY KEY (project_id, group_id, user_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE batches ADD COLUMN open_to TEXT;                     -- JSON: groups and people; NULL: everybody
ALTER TABLE batches ADD COLUMN task_order TEXT;                  -- JSON; NULL: in upload order
ALTER TABLE batches ADD COLUMN due_ms INTEGER;
ALTER TABLE batches ADD COLUMN position INTEGER;                 -- that a manager gave it; NULL: none
-- Which rows of batch_sequence are the batch's order; 0: none are.
ALTER TABLE batches ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;

-- Tasks in the order of a field, 65,536 places a row (sheaf-select::sequence). In batches that are not in upload order
-- every untouched task is in batch_late, and the late cursor is a place in this order.
CREATE TABLE batch_sequence (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (project_id, batch_id, sequence, chunk)
) STRICT;

-- What a person passed on.
CREATE INDEX skips_person ON skips (project_id, person, at_ms DESC);
