-- +goose Up
CREATE TABLE signon_outside (
	id TEXT PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	issuer TEXT NOT NULL,
	client_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	scopes TEXT NOT NULL,
	claims TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	created_by TEXT NOT NULL,
	ended_at TIMESTAMP
);
CREATE TABLE signon_link (
	id TEXT PRIMARY KEY,
	outside_id TEXT NOT NULL REFERENCES signon_outside (id),
	subject TEXT NOT NULL,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	name TEXT NOT NULL,
	linked_at TIMESTAMP NOT NULL,
	used_at TIMESTAMP NOT NULL,
	UNIQUE (outside_id, subject),
	UNIQUE (outside_id, account_id)
);
CREATE INDEX signon_link_account ON signon_link (account_id);
CREATE TABLE signon_arrival (
	id TEXT PRIMARY KEY,
	state_hash TEXT NOT NULL UNIQUE,
	browser_hash TEXT NOT NULL,
	outside_id TEXT NOT NULL REFERENCES signon_outside (id),
	nonce TEXT NOT NULL,
	verifier TEXT NOT NULL,
	next TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL,
	returned_at TIMESTAMP,
	told TEXT NOT NULL,
	done_at TIMESTAMP
);
CREATE INDEX signon_arrival_expires ON signon_arrival (expires_at);
