-- +goose Up
CREATE TABLE org_person (
	id TEXT PRIMARY KEY,
	full_name TEXT NOT NULL,
	name_fold TEXT NOT NULL,
	birth_date TEXT,
	phone TEXT NOT NULL,
	email TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL
);
CREATE INDEX org_person_name ON org_person (name_fold);
CREATE TABLE org_post (
	id TEXT PRIMARY KEY,
	person_id TEXT NOT NULL REFERENCES org_person (id),
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	title TEXT NOT NULL,
	main BOOLEAN NOT NULL,
	rank BIGINT NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	source_act TEXT NOT NULL
);
CREATE INDEX org_post_person ON org_post (person_id);
CREATE INDEX org_post_unit ON org_post (unit_id);
