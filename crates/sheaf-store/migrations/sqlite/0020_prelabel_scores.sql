-- Queries look for pre-labels by source and score, without reading what they say. The ordinal is in it as part of the key.
CREATE INDEX prelabels_score ON prelabels (project_id, source, score);
