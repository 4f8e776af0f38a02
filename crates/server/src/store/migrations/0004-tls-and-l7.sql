-- How listeners speak TLS, and what they do with some requests. Which secrets a listener uses is in
-- listener_secret; here stands what was sent.

ALTER TABLE listener ADD COLUMN default_tls_container_ref TEXT;
-- JSON, as the three below it.
ALTER TABLE listener ADD COLUMN sni_container_refs TEXT NOT NULL DEFAULT '[]';
ALTER TABLE listener ADD COLUMN tls_versions TEXT;
ALTER TABLE listener ADD COLUMN alpn_protocols TEXT;
ALTER TABLE listener ADD COLUMN tls_ciphers TEXT;
ALTER TABLE listener ADD COLUMN hsts_max_age INTEGER;
ALTER TABLE listener ADD COLUMN hsts_include_subdomains INTEGER NOT NULL DEFAULT 0
    CHECK (hsts_include_subdomains IN (0, 1));
ALTER TABLE listener ADD COLUMN hsts_preload INTEGER NOT NULL DEFAULT 0
    CHECK (hsts_preload IN (0, 1));

CREATE TABLE l7policy (
    id                  TEXT PRIMARY KEY NOT NULL,
    listener_id         TEXT NOT NULL REFERENCES listener (id) ON DELETE CASCADE,
    loadbalancer_id     TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    project_id          TEXT NOT NULL,
    name                TEXT NOT NULL,
    description         TEXT NOT NULL,
    provisioning_status TEXT NOT NULL,
    operating_status    TEXT NOT NULL,
    admin_state_up      INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    action              TEXT NOT NULL,
    -- A pool in use is refused to go, but for one that goes with its load balancer.
    redirect_pool_id    TEXT REFERENCES pool (id) ON DELETE SET NULL,
    redirect_url        TEXT,
    redirect_prefix     TEXT,
    redirect_http_code  INTEGER,
    -- From 1, without gaps, within the listener.
    position            INTEGER NOT NULL,
    created_at          TEXT NOT NULL,
    updated_at          TEXT,
    tags                TEXT NOT NULL
) STRICT;

CREATE INDEX l7policy_listener ON l7policy (listener_id, position);
CREATE INDEX l7policy_loadbalancer ON l7policy (loadbalancer_id);
CREATE INDEX l7policy_pool ON l7policy (redirect_pool_id);
CREATE INDEX l7policy_project ON l7policy (project_id, created_at, id);

CREATE TABLE l7rule (
    id                  TEXT PRIMARY KEY NOT NULL,
    l7policy_id         TEXT NOT NULL REFERENCES l7policy (id) ON DELETE CASCADE,
    loadbalancer_id     TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    project_id          TEXT NOT NULL,
    provisioning_status TEXT NOT NULL,
    operating_status    TEXT NOT NULL,
    admin_state_up      INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    type                TEXT NOT NULL,
    compare_type        TEXT NOT NULL,
    key                 TEXT,
    value               TEXT NOT NULL,
    invert              INTEGER NOT NULL CHECK (invert IN (0, 1)),
    created_at          TEXT NOT NULL,
    updated_at          TEXT,
    tags                TEXT NOT NULL
) STRICT;

CREATE INDEX l7rule_policy ON l7rule (l7policy_id);
CREATE INDEX l7rule_loadbalancer ON l7rule (loadbalancer_id);
CREATE INDEX l7rule_project ON l7rule (project_id, created_at, id);
