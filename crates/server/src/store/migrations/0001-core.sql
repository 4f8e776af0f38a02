-- Times are seconds since 1970 unless a column says otherwise. Ids are Keystone's: 32 hexadecimal
-- digits (text), except those of networks and subnets: hyphenated UUIDs.

CREATE TABLE project (
    id          TEXT PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    description TEXT NOT NULL DEFAULT '',
    enabled     INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
    id                 TEXT PRIMARY KEY NOT NULL,
    name               TEXT NOT NULL UNIQUE COLLATE NOCASE,
    -- PHC string of Argon2id.
    password_hash      TEXT NOT NULL,
    default_project_id TEXT REFERENCES project (id) ON DELETE SET NULL,
    enabled            INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE role (
    id   TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- Having prior_role is having implied_role too.
CREATE TABLE implied_role (
    prior_role_id   TEXT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    implied_role_id TEXT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    PRIMARY KEY (prior_role_id, implied_role_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_assignment (
    user_id    TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    role_id    TEXT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, project_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX role_assignment_project ON role_assignment (project_id);

CREATE TABLE token (
    -- SHA-256 of the token; the token itself is nowhere.
    hash       BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
    user_id    TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    -- NULL: unscoped.
    project_id TEXT REFERENCES project (id) ON DELETE CASCADE,
    -- Words with a space between.
    methods    TEXT NOT NULL,
    audit_ids  TEXT NOT NULL,
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_expires_at ON token (expires_at);
CREATE INDEX token_user ON token (user_id);

-- Networks are described by the configuration file; what is kept here are the ids given to their
-- names, which must survive a restart.
CREATE TABLE network (
    name       TEXT PRIMARY KEY NOT NULL,
    id         TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subnet (
    network_id TEXT NOT NULL REFERENCES network (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    id         TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (network_id, name)
) STRICT, WITHOUT ROWID;
