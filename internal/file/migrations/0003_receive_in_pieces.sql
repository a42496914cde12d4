-- +goose Up
CREATE TABLE file_transfer (
	id TEXT PRIMARY KEY,
	holder_kind TEXT NOT NULL,
	holder_id TEXT NOT NULL,
	account TEXT NOT NULL,
	name TEXT NOT NULL,
	meta TEXT NOT NULL,
	allow TEXT NOT NULL,
	size BIGINT NOT NULL,
	received BIGINT NOT NULL DEFAULT 0,
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL,
	file_id TEXT NOT NULL DEFAULT '',
	refused TEXT NOT NULL DEFAULT '',
	lease TEXT NOT NULL DEFAULT '',
	lease_until TIMESTAMP,
	wanted BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX file_transfer_holder ON file_transfer (holder_kind, holder_id);
CREATE INDEX file_transfer_expires_at ON file_transfer (expires_at);
CREATE TABLE file_part (
	transfer_id TEXT NOT NULL REFERENCES file_transfer (id),
	at BIGINT NOT NULL,
	size BIGINT NOT NULL,
	store_key TEXT NOT NULL UNIQUE,
	PRIMARY KEY (transfer_id, at)
);
