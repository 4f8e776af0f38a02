-- Which request created which object: a client that has not received the answer can repeat the request.

CREATE TABLE idempotency_key (
    user_id     TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    key         TEXT NOT NULL,
    -- Of path and body.
    fingerprint TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    -- Milliseconds since 1970.
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, project_id, key)
) STRICT;

CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
CREATE INDEX idempotency_key_user ON idempotency_key (user_id, created_at);
