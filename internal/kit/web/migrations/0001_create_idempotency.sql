-- +goose Up
CREATE TABLE web_idempotency (
	actor_id     TEXT NOT NULL,
	route        TEXT NOT NULL,
	request_key  TEXT NOT NULL,
	body_hash    TEXT NOT NULL,
	status       BIGINT NOT NULL,
	header       TEXT NOT NULL,
	body         TEXT NOT NULL,
	encoding     TEXT NOT NULL,
	created_at   TIMESTAMP NOT NULL,
	leased_until TIMESTAMP NOT NULL,
	expires_at   TIMESTAMP NOT NULL,
	PRIMARY KEY (actor_id, route, request_key)
);
CREATE INDEX web_idempotency_expires ON web_idempotency (expires_at);
