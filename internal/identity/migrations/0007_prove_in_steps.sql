-- +goose Up
ALTER TABLE identity_role ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE identity_session ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE identity_session ADD COLUMN means TEXT NOT NULL DEFAULT 'password';
ALTER TABLE identity_session ADD COLUMN proved_at TIMESTAMP;
CREATE TABLE identity_sign_in (
	id TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	at TIMESTAMP NOT NULL,
	means TEXT NOT NULL,
	outcome TEXT NOT NULL,
	ip TEXT NOT NULL,
	user_agent TEXT NOT NULL
);
CREATE INDEX identity_sign_in_account ON identity_sign_in (account_id, id);
CREATE INDEX identity_sign_in_at ON identity_sign_in (at);
