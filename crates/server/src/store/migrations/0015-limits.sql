-- What the limits of a project and of a user count.

CREATE INDEX port_made_by_user ON port (project_id) WHERE made_by_user = 1;
CREATE INDEX token_user_issued_at ON token (user_id, issued_at);
DROP INDEX token_user;
