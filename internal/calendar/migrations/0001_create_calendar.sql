-- +goose Up
CREATE TABLE calendar_setting (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO calendar_setting (name, value) VALUES ('version', 0), ('day_minutes', 480);

CREATE TABLE calendar_hours (
    id         TEXT PRIMARY KEY,
    unit_id    TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT,
    week       TEXT NOT NULL,
    source_act TEXT NOT NULL,
    note       TEXT NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('file', 'manual')),
    UNIQUE (unit_id, valid_from)
);

CREATE TABLE calendar_day (
    id         TEXT PRIMARY KEY,
    unit_id    TEXT NOT NULL,
    day        TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('off', 'off_morning', 'off_afternoon', 'work')),
    name       TEXT NOT NULL,
    periods    TEXT NOT NULL,
    source_act TEXT NOT NULL,
    confidence TEXT NOT NULL CHECK (confidence IN ('law', 'notice', 'computed', 'reported')),
    origin     TEXT NOT NULL CHECK (origin IN ('file', 'manual')),
    UNIQUE (unit_id, day)
);

CREATE TABLE calendar_late (
    id           TEXT PRIMARY KEY,
    after_minute BIGINT NOT NULL,
    units        TEXT NOT NULL,
    valid_from   TEXT,
    valid_to     TEXT,
    source_act   TEXT NOT NULL
);

CREATE TABLE calendar_year (
    year       BIGINT PRIMARY KEY,
    source_act TEXT NOT NULL,
    note       TEXT NOT NULL
);
