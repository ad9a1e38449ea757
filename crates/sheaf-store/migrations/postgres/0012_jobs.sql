-- Jobs that go on beyond one transaction: the node that is at each, and until when it counts as alive.
CREATE TABLE jobs (
    project_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL, -- of the upload, or of the update
    node BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    PRIMARY KEY (project_id, job_id)
);
