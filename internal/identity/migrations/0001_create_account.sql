-- +goose Up
CREATE TABLE identity_account (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	full_name TEXT NOT NULL,
	name_fold TEXT NOT NULL,
	personal_id TEXT NOT NULL,
	birth_date TEXT,
	phone TEXT NOT NULL,
	email TEXT NOT NULL,
	address TEXT NOT NULL,
	person_id TEXT REFERENCES org_person (id),
	unit_id TEXT REFERENCES org_unit (id),
	password_hash TEXT NOT NULL,
	status TEXT NOT NULL,
	verified BOOLEAN NOT NULL,
	created_at TIMESTAMP NOT NULL,
	last_sign_in_at TIMESTAMP
);
CREATE INDEX identity_account_name ON identity_account (name_fold, id);
CREATE INDEX identity_account_person ON identity_account (person_id);
CREATE INDEX identity_account_unit ON identity_account (unit_id);
CREATE TABLE identity_login (
	login TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	kind TEXT NOT NULL
);
CREATE INDEX identity_login_account ON identity_login (account_id);
CREATE TABLE identity_attempt (
	login_hash TEXT PRIMARY KEY,
	failed BIGINT NOT NULL,
	first_at TIMESTAMP NOT NULL,
	locked_until TIMESTAMP
);
CREATE INDEX identity_attempt_first ON identity_attempt (first_at);
