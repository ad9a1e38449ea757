-- Who handed in how much when, so that pace and people's work are read without reading answers. Hours are counted from 1970.
CREATE TABLE batch_hours (
    project_id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    person INTEGER NOT NULL,
    n_labels INTEGER NOT NULL,                                   -- answers handed in; a change of one does not count
    n_sent_back INTEGER NOT NULL,                                -- those of these answers that were sent back since
    n_timed INTEGER NOT NULL,                                    -- those of these answers that say how long they took
    label_ms INTEGER NOT NULL,                                   -- and how long in all
    n_reviews INTEGER NOT NULL,                                  -- verdicts
    n_rejections INTEGER NOT NULL,                               -- those of the verdicts that sent something back
    PRIMARY KEY (project_id, batch_id, hour, person)
) STRICT, WITHOUT ROWID;

INSERT INTO batch_hours
SELECT project_id, batch_id, hour, person, sum(labels), sum(back), sum(timed), sum(ms), sum(reviews), sum(rejections)
FROM (
    SELECT s.project_id, s.batch_id, s.submitted_ms / 3600000 AS hour, s.person, 1 AS labels,
           coalesce(s.round < t.round, 0) AS back, s.seconds IS NOT NULL AS timed,
           CAST(coalesce(min(round(s.seconds * 1000), 28800000), 0) AS INTEGER) AS ms, 0 AS reviews, 0 AS rejections
    FROM submissions s
    LEFT JOIN slots t ON t.project_id = s.project_id AND t.batch_id = s.batch_id AND t.ordinal = s.ordinal
                     AND t.stage = s.stage AND t.n = s.n
    WHERE s.stage = 0 AND s.revision = 1
    UNION ALL
    SELECT project_id, batch_id, at_ms / 3600000, person, 0, 0, 0, 0, 1, verdict = 'rejected' FROM reviews)
GROUP BY project_id, batch_id, hour, person;

-- What too many people passed on.
CREATE INDEX slots_blocked ON slots (project_id, batch_id, ordinal) WHERE state = 3;

-- Since when somebody is handed no new tasks in a project, and who said so.
ALTER TABLE members ADD COLUMN paused_ms INTEGER;
ALTER TABLE members ADD COLUMN paused_by INTEGER;
