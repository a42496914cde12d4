-- +goose Up
CREATE TABLE event_outbox (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	key TEXT NOT NULL,
	seq BIGINT NOT NULL,
	payload TEXT NOT NULL,
	actor_id TEXT NOT NULL,
	at TIMESTAMP NOT NULL,
	sent BOOLEAN NOT NULL
);
CREATE INDEX event_outbox_unsent ON event_outbox (at, id) WHERE NOT sent;
CREATE INDEX event_outbox_unsent_key ON event_outbox (key, seq) WHERE NOT sent;
CREATE TABLE event_key (
	key TEXT PRIMARY KEY,
	seq BIGINT NOT NULL
);
