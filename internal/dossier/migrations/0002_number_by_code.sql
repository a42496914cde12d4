-- +goose Up
ALTER TABLE dossier_counter RENAME COLUMN unit_id TO code;
