-- +goose Up
CREATE TABLE file_view (
	sha256 TEXT PRIMARY KEY,
	store_key TEXT NOT NULL UNIQUE,
	size BIGINT NOT NULL
);
