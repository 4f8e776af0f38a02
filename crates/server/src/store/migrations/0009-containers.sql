-- Containers of secrets. Columns have the names of Barbican's fields; times are its texts.

CREATE TABLE container (
    id         TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    creator_id TEXT NOT NULL REFERENCES user (id),
    name       TEXT,
    type       TEXT NOT NULL,
    created    TEXT NOT NULL,
    updated    TEXT NOT NULL
) STRICT;

CREATE INDEX container_creator ON container (creator_id, project_id, created);
CREATE INDEX container_project ON container (project_id);

CREATE TABLE container_secret (
    container_id TEXT NOT NULL REFERENCES container (id) ON DELETE CASCADE,
    -- The part that the secret has in the container: `private_key`.
    name         TEXT NOT NULL,
    secret_id    TEXT NOT NULL REFERENCES secret (id) ON DELETE CASCADE,
    PRIMARY KEY (container_id, name, secret_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX container_secret_secret ON container_secret (secret_id);

-- Which listeners serve with which containers. A container in use is not deleted.
CREATE TABLE listener_container (
    listener_id  TEXT NOT NULL REFERENCES listener (id) ON DELETE CASCADE,
    container_id TEXT NOT NULL REFERENCES container (id),
    PRIMARY KEY (listener_id, container_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listener_container_container ON listener_container (container_id);
