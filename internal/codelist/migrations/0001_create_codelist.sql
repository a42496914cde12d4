-- +goose Up
CREATE TABLE codelist_list (
    list       TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    note       TEXT NOT NULL,
    source_act TEXT NOT NULL
);

CREATE TABLE codelist_item (
    id         TEXT PRIMARY KEY,
    list       TEXT NOT NULL REFERENCES codelist_list (list),
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    sort       BIGINT NOT NULL,
    attributes TEXT NOT NULL,
    valid_from TEXT,
    valid_to   TEXT,
    source_act TEXT NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('file', 'manual'))
);
CREATE UNIQUE INDEX codelist_item_version ON codelist_item (list, code, COALESCE(valid_from, ''));

CREATE TABLE codelist_version (
    one   BIGINT PRIMARY KEY CHECK (one = 1),
    value BIGINT NOT NULL
);
INSERT INTO codelist_version (one, value) VALUES (1, 0);
