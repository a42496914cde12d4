-- +goose Up
CREATE TABLE signon_client (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	name_fold TEXT NOT NULL,
	public BOOLEAN NOT NULL,
	trusted BOOLEAN NOT NULL,
	redirects TEXT NOT NULL,
	logouts TEXT NOT NULL,
	scopes TEXT NOT NULL,
	account_id TEXT REFERENCES identity_account (id),
	contact TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	created_by TEXT NOT NULL,
	ended_at TIMESTAMP
);
CREATE INDEX signon_client_name ON signon_client (name_fold, id);
CREATE TABLE signon_secret (
	id TEXT PRIMARY KEY,
	client_id TEXT NOT NULL REFERENCES signon_client (id),
	hash TEXT NOT NULL UNIQUE,
	hint TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	created_by TEXT NOT NULL,
	used_at TIMESTAMP,
	ended_at TIMESTAMP
);
CREATE INDEX signon_secret_client ON signon_secret (client_id);
CREATE TABLE signon_key (
	id TEXT PRIMARY KEY,
	seq BIGINT NOT NULL UNIQUE,
	algorithm TEXT NOT NULL,
	public TEXT NOT NULL,
	sealed TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	use_from TIMESTAMP NOT NULL
);
CREATE TABLE signon_request (
	id TEXT PRIMARY KEY,
	client_id TEXT NOT NULL REFERENCES signon_client (id),
	redirect TEXT NOT NULL,
	scopes TEXT NOT NULL,
	state TEXT NOT NULL,
	nonce TEXT NOT NULL,
	challenge TEXT NOT NULL,
	prompt TEXT NOT NULL,
	max_age BIGINT,
	hint TEXT NOT NULL,
	expected TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL,
	account_id TEXT NOT NULL,
	session_id TEXT NOT NULL,
	auth_time TIMESTAMP,
	code_hash TEXT,
	visit_id TEXT NOT NULL
);
CREATE UNIQUE INDEX signon_request_code ON signon_request (code_hash);
CREATE INDEX signon_request_expires ON signon_request (expires_at);
CREATE TABLE signon_visit (
	id TEXT PRIMARY KEY,
	client_id TEXT NOT NULL REFERENCES signon_client (id),
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	session_id TEXT NOT NULL,
	scopes TEXT NOT NULL,
	ip TEXT NOT NULL,
	auth_time TIMESTAMP NOT NULL,
	created_at TIMESTAMP NOT NULL,
	ended_at TIMESTAMP,
	reason TEXT NOT NULL
);
CREATE INDEX signon_visit_client ON signon_visit (client_id, id);
CREATE INDEX signon_visit_account ON signon_visit (account_id, id);
CREATE TABLE signon_token (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	hash TEXT UNIQUE,
	visit_id TEXT,
	client_id TEXT NOT NULL REFERENCES signon_client (id),
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	scopes TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	expires_at TIMESTAMP NOT NULL,
	used_at TIMESTAMP,
	ended_at TIMESTAMP
);
CREATE INDEX signon_token_visit ON signon_token (visit_id);
CREATE INDEX signon_token_client ON signon_token (client_id);
CREATE INDEX signon_token_expires ON signon_token (expires_at);
CREATE TABLE signon_consent (
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	client_id TEXT NOT NULL REFERENCES signon_client (id),
	scopes TEXT NOT NULL,
	given_at TIMESTAMP NOT NULL,
	PRIMARY KEY (account_id, client_id)
);
