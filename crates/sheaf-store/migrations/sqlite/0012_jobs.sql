-- Jobs that go on beyond one transaction: the node that is at each, and until when it counts as alive.
CREATE TABLE jobs (
    project_id INTEGER NOT NULL,
    job_id INTEGER NOT NULL,                                     -- of the upload, or of the update
    node INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (project_id, job_id)
) STRICT, WITHOUT ROWID;
