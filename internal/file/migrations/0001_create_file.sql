-- +goose Up
CREATE TABLE file_content (
	sha256 TEXT PRIMARY KEY,
	size BIGINT NOT NULL,
	created_at TIMESTAMP NOT NULL
);
CREATE TABLE file_file (
	id TEXT PRIMARY KEY,
	sha256 TEXT NOT NULL REFERENCES file_content (sha256),
	name TEXT NOT NULL,
	size BIGINT NOT NULL,
	media_type TEXT NOT NULL,
	holder_kind TEXT NOT NULL,
	holder_id TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	removed_at TIMESTAMP
);
CREATE INDEX file_file_holder ON file_file (holder_kind, holder_id);
CREATE INDEX file_file_sha256 ON file_file (sha256);
CREATE INDEX file_file_upload ON file_file (created_at) WHERE holder_kind = 'upload';
