-- +goose Up
CREATE TABLE setting_draft (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    thing         TEXT NOT NULL,
    title         TEXT NOT NULL,
    base          TEXT NOT NULL,
    text          TEXT NOT NULL,
    before        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'returned', 'approved', 'applying', 'stale', 'in_force', 'superseded', 'undone', 'dropped')),
    revision      BIGINT NOT NULL,
    valid_from    TEXT,
    source_act    TEXT NOT NULL,
    author_id     TEXT NOT NULL,
    author        TEXT NOT NULL,
    decided_by_id TEXT NOT NULL,
    decided_by    TEXT NOT NULL,
    undoes        TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    changed_at    TIMESTAMP NOT NULL,
    applied_at    TIMESTAMP
);
CREATE INDEX setting_draft_thing ON setting_draft (kind, thing, id);
CREATE INDEX setting_draft_state ON setting_draft (state, valid_from);

CREATE TABLE setting_act (
    id       TEXT PRIMARY KEY,
    draft_id TEXT NOT NULL REFERENCES setting_draft (id),
    act      TEXT NOT NULL,
    at       TIMESTAMP NOT NULL,
    who_id   TEXT NOT NULL,
    who      TEXT NOT NULL,
    note     TEXT NOT NULL
);
CREATE INDEX setting_act_draft ON setting_act (draft_id, id);
