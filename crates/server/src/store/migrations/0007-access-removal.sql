-- Users whose access was reduced, by this process or by the command line, so that their open event
-- streams are checked again. The newest change has the highest revision.
CREATE TABLE access_removal (
    -- Empty: all users.
    user_id  TEXT PRIMARY KEY NOT NULL,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX access_removal_revision ON access_removal (revision);

CREATE TRIGGER role_assignment_deleted AFTER DELETE ON role_assignment
BEGIN
    INSERT INTO access_removal (user_id, revision)
    VALUES (OLD.user_id, (SELECT COALESCE(max(revision), 0) + 1 FROM access_removal))
    ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision;
END;

CREATE TRIGGER user_disabled AFTER UPDATE OF enabled ON user
BEGIN
    INSERT INTO access_removal (user_id, revision)
    VALUES (OLD.id, (SELECT COALESCE(max(revision), 0) + 1 FROM access_removal))
    ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision;
END;

CREATE TRIGGER project_disabled AFTER UPDATE OF enabled ON project
BEGIN
    INSERT INTO access_removal (user_id, revision)
    VALUES ('', (SELECT COALESCE(max(revision), 0) + 1 FROM access_removal))
    ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision;
END;

-- Expired tokens are deleted with every sign-in. Their streams have ended.
CREATE TRIGGER token_revoked AFTER DELETE ON token WHEN OLD.expires_at > unixepoch()
BEGIN
    INSERT INTO access_removal (user_id, revision)
    VALUES (OLD.user_id, (SELECT COALESCE(max(revision), 0) + 1 FROM access_removal))
    ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision;
END;
