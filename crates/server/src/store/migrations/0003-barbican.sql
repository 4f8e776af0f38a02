-- Secrets. Columns have the names of Barbican's fields; times are its texts
-- (`2026-11-23T03:40:39`, UTC), which sort as they stand.

CREATE TABLE secret (
    id           TEXT PRIMARY KEY NOT NULL,
    -- Nobody and no project goes while a secret hangs on them, which may serve traffic: whoever
    -- deletes them has to decide first.
    project_id   TEXT NOT NULL REFERENCES project (id),
    creator_id   TEXT NOT NULL REFERENCES user (id),
    name         TEXT,
    secret_type  TEXT NOT NULL,
    algorithm    TEXT,
    bit_length   INTEGER,
    mode         TEXT,
    expiration   TEXT,
    -- NULL until the payload comes.
    content_type TEXT,
    -- Sealed with the key file.
    payload      BLOB,
    created      TEXT NOT NULL,
    updated      TEXT NOT NULL,
    CHECK ((content_type IS NULL) = (payload IS NULL))
) STRICT;

CREATE INDEX secret_creator ON secret (creator_id, project_id, created);
CREATE INDEX secret_project ON secret (project_id);

-- What was said of who may read. Kept and told; on this server it opens nothing to anybody.
CREATE TABLE secret_acl (
    secret_id      TEXT PRIMARY KEY NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
    project_access INTEGER NOT NULL CHECK (project_access IN (0, 1)),
    created        TEXT NOT NULL,
    updated        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_acl_user (
    secret_id TEXT NOT NULL REFERENCES secret_acl (secret_id) ON DELETE CASCADE,
    user_id   TEXT NOT NULL,
    PRIMARY KEY (secret_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_metadata (
    secret_id TEXT NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
    key       TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (secret_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_consumer (
    id            TEXT PRIMARY KEY NOT NULL,
    secret_id     TEXT NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
    service       TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id   TEXT NOT NULL,
    created       TEXT NOT NULL,
    updated       TEXT NOT NULL,
    UNIQUE (secret_id, service, resource_type, resource_id)
) STRICT;

-- Which listeners serve with which secrets. A secret in use does not go.
CREATE TABLE listener_secret (
    listener_id TEXT NOT NULL REFERENCES listener (id) ON DELETE CASCADE,
    secret_id   TEXT NOT NULL REFERENCES secret (id),
    PRIMARY KEY (listener_id, secret_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listener_secret_secret ON listener_secret (secret_id);
