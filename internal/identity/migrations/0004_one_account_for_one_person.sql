-- +goose Up
DROP INDEX identity_account_person;
CREATE UNIQUE INDEX identity_account_person ON identity_account (person_id);
