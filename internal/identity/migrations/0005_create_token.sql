-- +goose Up
CREATE TABLE identity_token (
	id TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	name TEXT NOT NULL,
	token_hash TEXT NOT NULL UNIQUE,
	ending TEXT NOT NULL,
	scopes TEXT NOT NULL,
	networks TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	expires_on TEXT NOT NULL,
	warned BOOLEAN NOT NULL,
	last_used_at TIMESTAMP,
	last_used_ip TEXT NOT NULL,
	revoked_by TEXT NOT NULL,
	revoked_at TIMESTAMP
);
CREATE INDEX identity_token_account ON identity_token (account_id);
CREATE INDEX identity_token_expires ON identity_token (expires_on);
