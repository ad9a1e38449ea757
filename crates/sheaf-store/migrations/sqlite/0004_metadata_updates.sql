-- Bulk updates of metadata: one row each, the report of what was refused, and which assets were changed.

CREATE TABLE metadata_updates (
    project_id INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('jsonl', 'csv', 'query', 'assets')),
    query TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
    total INTEGER,                                               -- rows or assets; NULL: not known
    done INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    message TEXT,                                                -- why it failed
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    finished_ms INTEGER,
    PRIMARY KEY (project_id, update_id),
    CHECK (done = updated + unchanged + refused)
) STRICT, WITHOUT ROWID;

CREATE TABLE metadata_update_problems (
    project_id INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    row INTEGER,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT,
    PRIMARY KEY (project_id, update_id, seq)
) STRICT, WITHOUT ROWID;

-- The ledger's part: the assets that an update changed, a bitmap a chunk, as the members of a batch are. The key serves
-- "which updates changed this asset".
CREATE TABLE metadata_update_assets (
    project_id INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (project_id, chunk, update_id)
) STRICT;
