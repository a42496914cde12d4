-- +goose Up
CREATE TABLE file_class (
	holder_kind TEXT PRIMARY KEY,
	keep_days BIGINT NOT NULL,
	removed_days BIGINT NOT NULL,
	holder_bytes BIGINT NOT NULL,
	total_bytes BIGINT NOT NULL,
	source_act TEXT NOT NULL
);
CREATE TABLE file_hold (
	id TEXT PRIMARY KEY,
	holder_kind TEXT NOT NULL,
	holder_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	put_by TEXT NOT NULL,
	put_at TIMESTAMP NOT NULL,
	lifted_by TEXT NOT NULL DEFAULT '',
	lifted_at TIMESTAMP,
	lift_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX file_hold_holder ON file_hold (holder_kind, holder_id) WHERE lifted_at IS NULL;
