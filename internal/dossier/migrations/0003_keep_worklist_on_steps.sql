-- +goose Up
-- A worklist asks about steps what their dossier says: whether it stands still, until when, whose it is. Kept on the open
-- steps and in one index, the boxes, their counts and the filters of eighty thousand steps are answered without a
-- look at their dossiers (store.worklist, store.count, store.facets).
ALTER TABLE dossier_step ADD COLUMN waits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dossier_step ADD COLUMN ends_at TIMESTAMP NOT NULL DEFAULT '9999-12-31T00:00:00.000000Z';
ALTER TABLE dossier_step ADD COLUMN joint BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE dossier_step ADD COLUMN field TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier_step ADD COLUMN procedure_code TEXT NOT NULL DEFAULT '';
UPDATE dossier_step SET
	waits = CASE WHEN d.status IN (5, 6) THEN d.status ELSE 0 END,
	ends_at = COALESCE(dossier_step.due_at, CASE WHEN d.status <> 9 THEN d.due_at END, '9999-12-31T00:00:00.000000Z'),
	joint = dossier_step.agency_id <> d.receiver_id, field = d.field, procedure_code = d.procedure_code
	FROM dossier_dossier d WHERE d.id = dossier_step.dossier_id AND dossier_step.state IN ('ready', 'claimed');
DROP INDEX dossier_step_open;
CREATE INDEX dossier_step_work ON dossier_step (unit_path, kind, ends_at, waits, joint, field, procedure_code, unit_id, id)
	WHERE state IN ('ready', 'claimed');

-- Which places of steps lie at or below a unit, by their paths: a grant covers them by equality, which an index answers,
-- where the beginning of a path would have to be compared with each (reach). The parts of a path are ids of 36 signs.
CREATE TABLE dossier_place (
	above TEXT NOT NULL,
	place TEXT NOT NULL,
	PRIMARY KEY (above, place)
);
INSERT INTO dossier_place (above, place)
	SELECT DISTINCT substr(p.unit_path, 1, 1 + 37 * k.n), p.unit_path FROM (SELECT DISTINCT unit_path FROM dossier_step) p
	JOIN (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8) k
	ON length(p.unit_path) >= 1 + 37 * k.n;
