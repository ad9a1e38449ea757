-- The lock of a project's row is the turn to write to it, as that of `cluster` is the turn to write to what belongs to no
-- project. Rows are made when a project is first written to.
CREATE TABLE turns (
    project_id BIGINT PRIMARY KEY,
    library BIGINT NOT NULL DEFAULT 0, -- grows with every commit that may have changed one; and so on: see topics.rs
    outbox BIGINT NOT NULL DEFAULT 0,
    queue BIGINT NOT NULL DEFAULT 0,
    credentials BIGINT NOT NULL DEFAULT 0,
    roster BIGINT NOT NULL DEFAULT 0,
    openings BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
