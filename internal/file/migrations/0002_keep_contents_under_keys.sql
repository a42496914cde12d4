-- +goose Up
ALTER TABLE file_content ADD COLUMN store_key TEXT NOT NULL DEFAULT '';
UPDATE file_content SET store_key = SUBSTR(sha256, 1, 2) || '/' || SUBSTR(sha256, 3, 2) || '/' || sha256;
ALTER TABLE file_content ADD COLUMN unused_at TIMESTAMP;
ALTER TABLE file_content ADD COLUMN damaged_at TIMESTAMP;
CREATE UNIQUE INDEX file_content_store_key ON file_content (store_key);
CREATE TABLE file_pin (
	id TEXT PRIMARY KEY,
	sha256 TEXT NOT NULL,
	store_key TEXT NOT NULL,
	expires_at TIMESTAMP NOT NULL
);
CREATE INDEX file_pin_sha256 ON file_pin (sha256);
CREATE INDEX file_pin_store_key ON file_pin (store_key);
CREATE TABLE file_trash (
	store_key TEXT PRIMARY KEY,
	since TIMESTAMP NOT NULL
);
