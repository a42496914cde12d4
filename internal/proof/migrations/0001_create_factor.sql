-- +goose Up
CREATE TABLE proof_factor (
	id TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	sealed TEXT NOT NULL,
	credential_id TEXT UNIQUE,
	counter BIGINT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	last_used_at TIMESTAMP
);
CREATE INDEX proof_factor_account ON proof_factor (account_id);
CREATE TABLE proof_recovery (
	code_hash TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	created_at TIMESTAMP NOT NULL,
	used_at TIMESTAMP
);
CREATE INDEX proof_recovery_account ON proof_recovery (account_id);
CREATE TABLE proof_challenge (
	challenge_hash TEXT PRIMARY KEY,
	purpose TEXT NOT NULL,
	account_id TEXT NOT NULL,
	session_id TEXT NOT NULL,
	state TEXT NOT NULL,
	expires_at TIMESTAMP NOT NULL
);
CREATE INDEX proof_challenge_expires ON proof_challenge (expires_at);
