-- Counts the changes that take access away, of this process and of the command line, so that open
-- event streams are checked again.
CREATE TABLE access_revision (
    revision INTEGER NOT NULL
) STRICT;

INSERT INTO access_revision (revision) VALUES (0);

CREATE TRIGGER role_assignment_deleted AFTER DELETE ON role_assignment
BEGIN
    UPDATE access_revision SET revision = revision + 1;
END;

CREATE TRIGGER user_disabled AFTER UPDATE OF enabled ON user
BEGIN
    UPDATE access_revision SET revision = revision + 1;
END;

CREATE TRIGGER project_disabled AFTER UPDATE OF enabled ON project
BEGIN
    UPDATE access_revision SET revision = revision + 1;
END;

-- Expired tokens are deleted with every sign-in. Their streams have ended.
CREATE TRIGGER token_revoked AFTER DELETE ON token WHEN OLD.expires_at > unixepoch()
BEGIN
    UPDATE access_revision SET revision = revision + 1;
END;
