-- What models and other tools say of assets before people label them, and which of it a batch shows.
CREATE TABLE prelabels (
    project_id BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL, -- name of the model or tool
    ordinal BIGINT NOT NULL,
    score DOUBLE PRECISION,
    taxonomy_version BIGINT NOT NULL, -- that it was checked against
    response TEXT COLLATE "C" NOT NULL, -- JSON of a response
    created_ms BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    PRIMARY KEY (project_id, source, ordinal)
);

-- Counted with every write, so that nobody has to read through the pre-labels to say whose there are.
CREATE TABLE prelabel_sources (
    project_id BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    written_ms BIGINT NOT NULL, -- last
    PRIMARY KEY (project_id, source)
);

ALTER TABLE batches ADD COLUMN prelabels TEXT COLLATE "C"; -- the source that annotators are shown
ALTER TABLE submissions ADD COLUMN prelabel TEXT COLLATE "C"; -- the source of the pre-label that its author was shown
ALTER TABLE submissions ADD COLUMN prelabel_unchanged BIGINT; -- 1: the answer says what the pre-label says
