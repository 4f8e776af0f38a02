-- A listener that cannot be run, while the others of its load balancer serve.

ALTER TABLE listener ADD COLUMN down INTEGER NOT NULL DEFAULT 0 CHECK (down IN (0, 1));
