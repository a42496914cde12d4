-- +goose Up
CREATE INDEX notice_message_into ON notice_message (collapsed_into) WHERE collapsed_into IS NOT NULL;
