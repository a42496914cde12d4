-- +goose Up
CREATE TABLE identity_role (
	key TEXT PRIMARY KEY,
	rank BIGINT NOT NULL,
	name TEXT NOT NULL,
	name_en TEXT NOT NULL
);
CREATE TABLE identity_role_permission (
	role TEXT NOT NULL REFERENCES identity_role (key),
	permission TEXT NOT NULL,
	PRIMARY KEY (role, permission)
);
CREATE TABLE identity_role_may_grant (
	role TEXT NOT NULL REFERENCES identity_role (key),
	grantable TEXT NOT NULL REFERENCES identity_role (key),
	PRIMARY KEY (role, grantable)
);
CREATE TABLE identity_grant (
	id TEXT PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES identity_account (id),
	role TEXT NOT NULL REFERENCES identity_role (key),
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	divisions BOOLEAN NOT NULL,
	below BOOLEAN NOT NULL,
	valid_from TEXT NOT NULL,
	valid_to TEXT,
	reason TEXT NOT NULL,
	granted_by TEXT NOT NULL,
	granted_at TIMESTAMP NOT NULL,
	revoked_by TEXT NOT NULL,
	revoked_at TIMESTAMP
);
CREATE INDEX identity_grant_account ON identity_grant (account_id);
CREATE INDEX identity_grant_unit ON identity_grant (unit_id);
CREATE TABLE identity_version (
	id BIGINT PRIMARY KEY,
	n BIGINT NOT NULL
);
INSERT INTO identity_version (id, n) VALUES (1, 1);
