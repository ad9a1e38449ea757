-- Answers that people gave elsewhere, before the data came here: batches of them, and who gave them.

ALTER TABLE batches ADD COLUMN brought_in BIGINT NOT NULL DEFAULT 0 CHECK (brought_in IN (0, 1)); -- its answers came with it; nobody is offered its tasks

-- They have no account here. Their numbers are below zero, so that no person has one of them.
CREATE TABLE people_elsewhere (
    project_id BIGINT NOT NULL,
    person BIGINT NOT NULL CHECK (person < 0),
    name TEXT COLLATE "C" NOT NULL, -- as it came
    PRIMARY KEY (project_id, person)
);
