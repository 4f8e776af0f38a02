-- A token does not live again when its user gets another role in the project.
CREATE TRIGGER last_role_removed AFTER DELETE ON role_assignment
WHEN NOT EXISTS (
    SELECT 1 FROM role_assignment WHERE user_id = OLD.user_id AND project_id = OLD.project_id
)
BEGIN
    DELETE FROM token WHERE user_id = OLD.user_id AND project_id = OLD.project_id;
END;
