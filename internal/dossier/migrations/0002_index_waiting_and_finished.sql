-- +goose Up
-- the boxes of the counter and the figures of an agency look at few of all dossiers
CREATE INDEX dossier_dossier_waiting ON dossier_dossier (id) WHERE status = 5;
CREATE INDEX dossier_dossier_finished ON dossier_dossier (finished_at) WHERE finished_at IS NOT NULL;
