-- How far the judgements of a task agree: written with the last of them, in its transaction. Only of tasks that several
-- people judge.
CREATE TABLE agreements (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 1000000),  -- millionths
    PRIMARY KEY (project_id, batch_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX agreements_score ON agreements (project_id, batch_id, score, ordinal);

-- Sums over a batch's tasks (sheaf_model::agreement::Tally): all whole numbers, so that they equal a recount.
CREATE TABLE agreement_sums (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 5),
    one INTEGER NOT NULL,                                        -- a person, a bin of scores, a number of people
    other INTEGER NOT NULL,                                      -- a person
    subject TEXT NOT NULL,                                       -- a field or a label; empty: the annotations
    one_says TEXT NOT NULL,
    other_says TEXT NOT NULL,
    n INTEGER NOT NULL,
    total INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (project_id, batch_id, kind, one, other, subject, one_says, other_says)
) STRICT, WITHOUT ROWID;

-- What was judged before this step is compared when the data is first opened.
INSERT INTO instance (name, value)
SELECT 'agreement_missing', 'yes' WHERE EXISTS (SELECT 1 FROM batches WHERE overlap > 1);
