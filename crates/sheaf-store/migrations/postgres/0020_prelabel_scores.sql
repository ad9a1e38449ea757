-- Queries look for pre-labels by source and score, without reading what they say.
CREATE INDEX prelabels_score ON prelabels (project_id, source, score) INCLUDE (ordinal);
