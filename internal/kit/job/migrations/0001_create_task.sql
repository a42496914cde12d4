-- +goose Up
CREATE TABLE job_task (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	seq BIGINT NOT NULL,
	payload TEXT NOT NULL,
	state TEXT NOT NULL,
	run_at TIMESTAMP NOT NULL,
	attempts BIGINT NOT NULL,
	lease TEXT NOT NULL,
	lease_until TIMESTAMP,
	error TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	ended_at TIMESTAMP
);
CREATE INDEX job_task_due ON job_task (state, run_at, id);
CREATE INDEX job_task_order ON job_task (kind, key, seq);
CREATE INDEX job_task_lease ON job_task (lease);
