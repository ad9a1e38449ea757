-- The folders of buckets that uploads are made of: how far the look through each has come, and from when on it is new.
CREATE TABLE bucket_syncs (
    project_id BIGINT NOT NULL,
    upload_id BIGINT NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    ascending BIGINT NOT NULL CHECK (ascending IN (0, 1)), -- later objects have later names
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    after TEXT COLLATE "C", -- the last name that was looked at
    since_ms BIGINT NOT NULL, -- what was stored before was looked at by an earlier pass
    began_ms BIGINT NOT NULL, -- when this pass began
    looked BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    message TEXT COLLATE "C",
    PRIMARY KEY (project_id, upload_id)
);
