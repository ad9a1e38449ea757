-- Spreads the tables of a Sheaf over the workers of Citus: those of projects by project, small ones to every worker.
-- Run it once, after the first start of Sheaf has made the tables and before there is much data:
--   psql "$SHEAF_DATABASE" -v ON_ERROR_STOP=1 -f citus.sql
-- A later version of Sheaf that adds a table says so in its notes; run the line for it then.

BEGIN;

-- What belongs to no project, and the list of projects.
SELECT create_reference_table('api_keys');
SELECT create_reference_table('audit');
SELECT create_reference_table('blob_removals');
SELECT create_reference_table('cluster');
SELECT create_reference_table('instance');
SELECT create_reference_table('invitations');
SELECT create_reference_table('projects');
SELECT create_reference_table('sessions');
SELECT create_reference_table('users');

-- Everything of a project lies on one worker: a transaction that writes to it is that worker's alone.
SELECT create_distributed_table('agreement_sums', 'project_id');
SELECT create_distributed_table('agreements', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('answer_labels', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('assets', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batch_hours', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batch_late', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batch_members', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batch_progress', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batch_revisions', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batch_sequence', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('batches', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('blocks', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('bucket_syncs', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('chunks', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('drafts', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('events', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('fields', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('jobs', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('known_answers', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('members', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('metadata_update_assets', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('metadata_update_problems', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('metadata_updates', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('people_elsewhere', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('person_group_people', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('person_groups', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('prelabel_sources', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('prelabels', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('quality', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('reviews', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('saved_queries', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('skips', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('scale_batches', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('scale_callbacks', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('scale_params', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('scale_projects', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('scale_task_tags', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('scale_tasks', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('slots', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('standing_batches', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('standing_counted', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('standing_runs', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('submissions', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('taxonomies', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('texts', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('turns', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('upload_files', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('upload_problems', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('upload_sidecars', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('uploads', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('webhook_attempts', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('webhook_outbox', 'project_id', colocate_with => 'agreement_sums');
SELECT create_distributed_table('webhooks', 'project_id', colocate_with => 'agreement_sums');

COMMIT;
