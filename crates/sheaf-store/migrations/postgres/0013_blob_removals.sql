-- Blobs that nothing names and that `sheaf gc` removes, or has removed a short while ago: whoever names one of them in a write
-- learns here that it may not be there.
CREATE TABLE blob_removals (
    hash BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of its bytes
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('chosen', 'removing', 'removed')),
    since_ms BIGINT NOT NULL,
    node BIGINT NOT NULL -- that removes it
);
