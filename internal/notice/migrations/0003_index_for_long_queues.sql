-- +goose Up
CREATE INDEX notice_delivery_sent ON notice_delivery (channel, sent_at) WHERE channel <> 'app' AND sent_at IS NOT NULL;
