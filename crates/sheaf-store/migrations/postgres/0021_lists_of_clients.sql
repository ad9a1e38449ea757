-- What was completed, or changed, since a client last looked.
CREATE INDEX scale_tasks_completed ON scale_tasks (project_id, completed_ms) INCLUDE (number);
CREATE INDEX scale_tasks_updated ON scale_tasks (project_id, updated_ms) INCLUDE (number);
-- Whether tasks of a batch wait for their attachment: it does not end before.
CREATE INDEX scale_tasks_fetching ON scale_tasks (project_id, batch_id) WHERE stage = 'fetch';
