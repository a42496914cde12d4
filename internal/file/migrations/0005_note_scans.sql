-- +goose Up
ALTER TABLE file_content ADD COLUMN scanned_at TIMESTAMP;
ALTER TABLE file_content ADD COLUMN threat TEXT NOT NULL DEFAULT '';
