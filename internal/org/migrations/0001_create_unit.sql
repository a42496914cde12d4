-- +goose Up
CREATE TABLE org_kind (
	key TEXT PRIMARY KEY,
	rank BIGINT NOT NULL,
	name TEXT NOT NULL,
	name_en TEXT NOT NULL,
	agency BOOLEAN NOT NULL,
	government BOOLEAN NOT NULL
);
CREATE TABLE org_template (
	key TEXT PRIMARY KEY,
	rank BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE org_unit (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL REFERENCES org_kind (key),
	name TEXT NOT NULL,
	short_name TEXT NOT NULL,
	slug TEXT NOT NULL,
	key TEXT NOT NULL,
	level TEXT NOT NULL,
	place_id TEXT NOT NULL REFERENCES place_unit (id),
	parent_id TEXT REFERENCES org_unit (id),
	path TEXT NOT NULL,
	rank BIGINT NOT NULL,
	is_agency BOOLEAN NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	source_act TEXT NOT NULL,
	confidence TEXT NOT NULL,
	phone TEXT NOT NULL,
	email TEXT NOT NULL,
	address TEXT NOT NULL,
	template TEXT NOT NULL,
	announced BOOLEAN NOT NULL
);
CREATE INDEX org_unit_parent ON org_unit (parent_id);
CREATE TABLE org_code (
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	scheme TEXT NOT NULL,
	code TEXT NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	confidence TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (unit_id, scheme, code)
);
CREATE INDEX org_code_code ON org_code (scheme, code);
CREATE TABLE org_successor (
	from_id TEXT NOT NULL REFERENCES org_unit (id),
	to_id TEXT NOT NULL REFERENCES org_unit (id),
	kind TEXT NOT NULL,
	on_date TEXT NOT NULL,
	source_act TEXT NOT NULL,
	heir BOOLEAN NOT NULL,
	PRIMARY KEY (from_id, to_id)
);
CREATE INDEX org_successor_to ON org_successor (to_id);
CREATE TABLE org_version (
	id BIGINT PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO org_version (id, n) VALUES (1, 0);
