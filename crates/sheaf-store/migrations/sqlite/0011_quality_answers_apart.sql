-- Answers to quality tasks say how people do, not what is in the data: no label and no agreement is counted of them.

DELETE FROM answer_labels WHERE EXISTS (
    SELECT 1 FROM batches b WHERE b.project_id = answer_labels.project_id AND b.batch_id = answer_labels.batch_id
    AND b.kind IN ('gold', 'training'));
DELETE FROM agreements WHERE EXISTS (
    SELECT 1 FROM batches b WHERE b.project_id = agreements.project_id AND b.batch_id = agreements.batch_id
    AND b.kind IN ('gold', 'training'));
DELETE FROM agreement_sums WHERE EXISTS (
    SELECT 1 FROM batches b WHERE b.project_id = agreement_sums.project_id AND b.batch_id = agreement_sums.batch_id
    AND b.kind IN ('gold', 'training'));
