-- The folders of buckets that uploads are made of: how far the look through each has come, and from when on it is new.
CREATE TABLE bucket_syncs (
    project_id INTEGER NOT NULL,
    upload_id INTEGER NOT NULL,
    address TEXT NOT NULL,
    ascending INTEGER NOT NULL CHECK (ascending IN (0, 1)),      -- later objects have later names
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    after TEXT,                                                  -- the last name that was looked at
    since_ms INTEGER NOT NULL,                                   -- what was stored before was looked at by an earlier pass
    began_ms INTEGER NOT NULL,                                   -- when this pass began
    looked INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    message TEXT,
    PRIMARY KEY (project_id, upload_id)
) STRICT, WITHOUT ROWID;
