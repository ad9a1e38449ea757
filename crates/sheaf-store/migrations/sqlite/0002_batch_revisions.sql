-- A batch's members change in revisions: made, appended to, removed from. Needed by the list of revisions, by "make it
-- again" and by the difference against today.
CREATE TABLE batch_revisions (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('created', 'appended', 'removed')),
    n INTEGER NOT NULL,                                          -- assets that came or went
    text TEXT NOT NULL,                                          -- the recipe as a sentence
    recipe TEXT,                                                 -- JSON; NULL for the first: the batch's own
    at_ms INTEGER NOT NULL,
    actor INTEGER NOT NULL,
    PRIMARY KEY (project_id, batch_id, revision),
    CHECK ((action = 'created') = (revision = 1)),
    CHECK ((recipe IS NULL) = (revision = 1))
) STRICT;

INSERT INTO batch_revisions (project_id, batch_id, revision, action, n, text, recipe, at_ms, actor)
SELECT project_id, batch_id, 1, 'created', n_members, coalesce(json_extract(recipe, '$.text'), ''), NULL, created_ms, created_by
FROM batches;

-- Tells one set of members from any other that the batch ever had or was about to have; never used again.
ALTER TABLE batches ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;

-- Members that were appended below the cursor: the queue hands them out first. They are written once, with the append;
-- those below the late cursor are touched.
ALTER TABLE batches ADD COLUMN late_cursor INTEGER NOT NULL DEFAULT 0;
CREATE TABLE batch_late (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    n INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (project_id, batch_id, chunk)
) STRICT;
