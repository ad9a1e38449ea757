-- Blobs that nothing names and that `sheaf gc` removes, or has removed a short while ago: whoever names one of them in a write
-- learns here that it may not be there.
CREATE TABLE blob_removals (
    hash BLOB NOT NULL PRIMARY KEY,                              -- SHA-256 of its bytes
    state TEXT NOT NULL CHECK (state IN ('chosen', 'removing', 'removed')),
    since_ms INTEGER NOT NULL,
    node INTEGER NOT NULL                                        -- that removes it
) STRICT, WITHOUT ROWID;
