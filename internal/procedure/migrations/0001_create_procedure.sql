-- +goose Up
CREATE TABLE procedure_procedure (
	id TEXT PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	created_at TIMESTAMP NOT NULL
);
CREATE TABLE procedure_version (
	id TEXT PRIMARY KEY,
	procedure_id TEXT NOT NULL REFERENCES procedure_procedure (id),
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	name_en TEXT NOT NULL,
	summary TEXT NOT NULL,
	summary_en TEXT NOT NULL,
	field TEXT NOT NULL,
	decision TEXT NOT NULL,
	online BIGINT NOT NULL,
	fileable BOOLEAN NOT NULL,
	generic BOOLEAN NOT NULL,
	valid_from TEXT NOT NULL,
	valid_to TEXT,
	spec TEXT NOT NULL,
	digest TEXT NOT NULL,
	name_lower TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	search_text TEXT NOT NULL,
	sort_key TEXT NOT NULL,
	supersedes TEXT REFERENCES procedure_version (id),
	imported_at TIMESTAMP NOT NULL,
	retired_at TIMESTAMP
);
CREATE UNIQUE INDEX procedure_version_live ON procedure_version (procedure_id, valid_from) WHERE retired_at IS NULL;
CREATE INDEX procedure_version_field ON procedure_version (field);
CREATE TABLE procedure_receiver (
	version_id TEXT NOT NULL REFERENCES procedure_version (id),
	position BIGINT NOT NULL,
	kind TEXT NOT NULL,
	level TEXT NOT NULL,
	slug TEXT NOT NULL,
	PRIMARY KEY (version_id, position)
);
CREATE TABLE procedure_tag (
	version_id TEXT NOT NULL REFERENCES procedure_version (id),
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	PRIMARY KEY (version_id, kind, key)
);
