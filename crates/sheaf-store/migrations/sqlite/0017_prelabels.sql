-- What models and other tools say of assets before people label them, and which of it a batch shows.
CREATE TABLE prelabels (
    project_id INTEGER NOT NULL,
    source TEXT NOT NULL,                                        -- name of the model or tool
    ordinal INTEGER NOT NULL,
    score REAL,
    taxonomy_version INTEGER NOT NULL,                           -- that it was checked against
    response TEXT NOT NULL,                                      -- JSON of a response
    created_ms INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    PRIMARY KEY (project_id, source, ordinal)
) STRICT, WITHOUT ROWID;

-- Counted with every write, so that nobody has to read through the pre-labels to say whose there are.
CREATE TABLE prelabel_sources (
    project_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    n INTEGER NOT NULL,
    written_ms INTEGER NOT NULL,                                 -- last
    PRIMARY KEY (project_id, source)
) STRICT, WITHOUT ROWID;

ALTER TABLE batches ADD COLUMN prelabels TEXT;                   -- the source that annotators are shown
ALTER TABLE submissions ADD COLUMN prelabel TEXT;                -- the source of the pre-label that its author was shown
ALTER TABLE submissions ADD COLUMN prelabel_unchanged INTEGER;   -- 1: the answer says what the pre-label says
