-- +goose Up
CREATE TABLE place_scheme (
	key TEXT PRIMARY KEY,
	rank BIGINT NOT NULL,
	name TEXT NOT NULL
);
CREATE TABLE place_level (
	key TEXT PRIMARY KEY,
	rank BIGINT NOT NULL,
	name TEXT NOT NULL,
	name_en TEXT NOT NULL
);
CREATE TABLE place_kind (
	key TEXT PRIMARY KEY,
	level TEXT NOT NULL REFERENCES place_level (key),
	rank BIGINT NOT NULL,
	name TEXT NOT NULL,
	name_en TEXT NOT NULL
);
CREATE TABLE place_unit (
	id TEXT PRIMARY KEY,
	level TEXT NOT NULL REFERENCES place_level (key),
	kind TEXT NOT NULL REFERENCES place_kind (key),
	name TEXT NOT NULL,
	parent_id TEXT REFERENCES place_unit (id),
	path TEXT NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	source_act TEXT NOT NULL,
	confidence TEXT NOT NULL,
	announced BOOLEAN NOT NULL
);
CREATE INDEX place_unit_parent ON place_unit (parent_id);
CREATE TABLE place_parent (
	unit_id TEXT NOT NULL REFERENCES place_unit (id),
	parent_id TEXT NOT NULL REFERENCES place_unit (id),
	valid_to TEXT NOT NULL,
	PRIMARY KEY (unit_id, valid_to)
);
CREATE TABLE place_code (
	unit_id TEXT NOT NULL REFERENCES place_unit (id),
	scheme TEXT NOT NULL REFERENCES place_scheme (key),
	code TEXT NOT NULL,
	valid_from TEXT,
	valid_to TEXT,
	PRIMARY KEY (unit_id, scheme, code)
);
CREATE INDEX place_code_code ON place_code (scheme, code);
CREATE TABLE place_successor (
	from_id TEXT NOT NULL REFERENCES place_unit (id),
	to_id TEXT NOT NULL REFERENCES place_unit (id),
	kind TEXT NOT NULL,
	on_date TEXT NOT NULL,
	source_act TEXT NOT NULL,
	heir BOOLEAN NOT NULL,
	confidence TEXT NOT NULL,
	PRIMARY KEY (from_id, to_id)
);
CREATE INDEX place_successor_to ON place_successor (to_id);
CREATE TABLE place_version (
	id BIGINT PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO place_version (id, n) VALUES (1, 0);
