-- +goose Up
CREATE TABLE notice_message (
    id             TEXT PRIMARY KEY,
    dedup          TEXT UNIQUE,
    topic          TEXT NOT NULL,
    account_id     TEXT NOT NULL,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    phone          TEXT NOT NULL,
    chat           TEXT NOT NULL,
    lang           TEXT NOT NULL,
    data           TEXT NOT NULL,
    link           TEXT NOT NULL,
    urgency        BIGINT NOT NULL,
    collapse       TEXT NOT NULL,
    collapse_until TIMESTAMP,
    times          BIGINT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('accepted', 'planned', 'collapsed', 'unknown')),
    collapsed_into TEXT REFERENCES notice_message (id),
    created_at     TIMESTAMP NOT NULL,
    expires_at     TIMESTAMP
);
CREATE INDEX notice_message_accepted ON notice_message (id) WHERE state = 'accepted';
CREATE INDEX notice_message_collapse ON notice_message (collapse, id) WHERE collapse <> '' AND state = 'planned';
CREATE INDEX notice_message_created ON notice_message (created_at);

CREATE TABLE notice_delivery (
    id           TEXT PRIMARY KEY,
    message_id   TEXT NOT NULL REFERENCES notice_message (id),
    topic        TEXT NOT NULL,
    channel      TEXT NOT NULL CHECK (channel IN ('app', 'email', 'sms', 'chat')),
    account_id   TEXT NOT NULL,
    address      TEXT NOT NULL,
    lane         TEXT NOT NULL,
    lang         TEXT NOT NULL,
    urgency      BIGINT NOT NULL,
    quiet        TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'held', 'sent', 'delivered', 'read', 'failed', 'dead', 'skipped', 'expired', 'dropped')),
    due_at       TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP,
    attempts     BIGINT NOT NULL,
    error        TEXT NOT NULL,
    reference    TEXT NOT NULL,
    lease        TEXT NOT NULL,
    lease_until  TIMESTAMP,
    created_at   TIMESTAMP NOT NULL,
    changed_at   TIMESTAMP NOT NULL,
    sent_at      TIMESTAMP,
    read_at      TIMESTAMP
);
CREATE INDEX notice_delivery_due ON notice_delivery (channel, urgency, due_at, id) WHERE state IN ('queued', 'held');
CREATE INDEX notice_delivery_lane ON notice_delivery (lane, id) WHERE state IN ('queued', 'held') AND lane <> '';
CREATE INDEX notice_delivery_inbox ON notice_delivery (account_id, created_at, id) WHERE channel = 'app';
CREATE INDEX notice_delivery_unread ON notice_delivery (account_id) WHERE channel = 'app' AND state = 'delivered';
CREATE INDEX notice_delivery_message ON notice_delivery (message_id);
CREATE INDEX notice_delivery_broken ON notice_delivery (changed_at, id) WHERE state IN ('dead', 'failed');

CREATE TABLE notice_version (
    thing TEXT PRIMARY KEY CHECK (thing IN ('plan', 'inbox', 'texts')),
    value BIGINT NOT NULL
);
INSERT INTO notice_version (thing, value) VALUES ('plan', 0), ('inbox', 0), ('texts', 0);

CREATE TABLE notice_preference (
    account_id TEXT NOT NULL,
    topics     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    wanted     BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, topics, channel)
);

CREATE TABLE notice_person (
    account_id TEXT PRIMARY KEY,
    lang       TEXT NOT NULL,
    quiet      TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE notice_address (
    channel    TEXT NOT NULL,
    address    TEXT NOT NULL,
    failures   BIGINT NOT NULL,
    error      TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (channel, address)
);

CREATE TABLE notice_template (
    id           TEXT PRIMARY KEY,
    topic        TEXT NOT NULL,
    channel      TEXT NOT NULL,
    lang         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'published', 'undone')),
    valid_from   TEXT,
    changed_by   TEXT NOT NULL,
    changed_at   TIMESTAMP NOT NULL,
    published_at TIMESTAMP
);
CREATE UNIQUE INDEX notice_template_draft ON notice_template (topic, channel, lang) WHERE state = 'draft';
CREATE INDEX notice_template_topic ON notice_template (topic, state, valid_from);
