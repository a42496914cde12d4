-- +goose Up
CREATE TABLE seal_key (
	id TEXT PRIMARY KEY,
	first_used_at TIMESTAMP NOT NULL
);
