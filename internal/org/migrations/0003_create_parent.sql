-- +goose Up
CREATE TABLE org_parent (
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	parent_id TEXT NOT NULL REFERENCES org_unit (id),
	valid_to TEXT NOT NULL,
	PRIMARY KEY (unit_id, valid_to)
);
CREATE TABLE org_move (
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	parent_id TEXT NOT NULL REFERENCES org_unit (id),
	on_date TEXT NOT NULL,
	source_act TEXT NOT NULL,
	done BOOLEAN NOT NULL,
	PRIMARY KEY (unit_id, on_date)
);
