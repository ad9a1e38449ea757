-- Under which source the tasks of a client's batch have what they begin with: what the first of them came by.
ALTER TABLE scale_batches ADD COLUMN prelabels TEXT;
