-- What the nodes of an instance share: one row. Its lock is the turn to write. Made before the first step.
CREATE TABLE IF NOT EXISTS cluster (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    schema BIGINT NOT NULL, -- the last step that was done
    library BIGINT NOT NULL DEFAULT 0, -- grows with every commit that may have changed one; and so on: see topics.rs
    outbox BIGINT NOT NULL DEFAULT 0,
    queue BIGINT NOT NULL DEFAULT 0,
    credentials BIGINT NOT NULL DEFAULT 0,
    roster BIGINT NOT NULL DEFAULT 0,
    openings BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO cluster (id, schema) VALUES (1, 0) ON CONFLICT (id) DO NOTHING;
