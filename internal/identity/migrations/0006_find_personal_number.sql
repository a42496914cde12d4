-- +goose Up
CREATE INDEX identity_account_number ON identity_account (personal_id);
