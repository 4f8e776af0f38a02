-- Load balancers and what hangs on them. Columns have the names of Octavia's fields and, where not
-- said otherwise, its values; times are its texts (`2026-11-23T03:40:39`, UTC), which sort as they
-- stand. Every part carries the load balancer and the project it belongs to.

CREATE TABLE loadbalancer (
    id                  TEXT PRIMARY KEY NOT NULL,
    name                TEXT NOT NULL,
    description         TEXT NOT NULL,
    provisioning_status TEXT NOT NULL,
    operating_status    TEXT NOT NULL,
    admin_state_up      INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    project_id          TEXT NOT NULL,
    user_id             TEXT NOT NULL,
    created_at          TEXT NOT NULL,
    updated_at          TEXT,
    -- One machine has an address once, whatever networks it is in.
    vip_address         TEXT NOT NULL UNIQUE,
    vip_port_id         TEXT NOT NULL UNIQUE,
    vip_subnet_id       TEXT NOT NULL,
    vip_network_id      TEXT NOT NULL,
    provider            TEXT NOT NULL,
    tags                TEXT NOT NULL,
    -- Counts changes: what the engine was told is known to be the newest, or not.
    revision            INTEGER NOT NULL DEFAULT 1,
    -- Has been carried out once: something serves.
    served              INTEGER NOT NULL DEFAULT 0 CHECK (served IN (0, 1)),
    -- Why the last change failed, in the engine's words.
    provisioning_reason TEXT,
    -- Why its process is gone; NULL while it runs.
    process_down        TEXT
) STRICT;

CREATE INDEX loadbalancer_project ON loadbalancer (project_id, created_at, id);
CREATE INDEX loadbalancer_user ON loadbalancer (user_id, created_at, id);
CREATE INDEX loadbalancer_created ON loadbalancer (created_at, id);
CREATE INDEX loadbalancer_subnet ON loadbalancer (vip_subnet_id);
CREATE INDEX loadbalancer_unsettled ON loadbalancer (provisioning_status)
    WHERE provisioning_status <> 'ACTIVE';

CREATE TABLE pool (
    id                  TEXT PRIMARY KEY NOT NULL,
    loadbalancer_id     TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    project_id          TEXT NOT NULL,
    name                TEXT NOT NULL,
    description         TEXT NOT NULL,
    provisioning_status TEXT NOT NULL,
    operating_status    TEXT NOT NULL,
    admin_state_up      INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    protocol            TEXT NOT NULL,
    lb_algorithm        TEXT NOT NULL,
    -- JSON.
    session_persistence TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT,
    tags                TEXT NOT NULL
) STRICT;

CREATE INDEX pool_loadbalancer ON pool (loadbalancer_id);
CREATE INDEX pool_project ON pool (project_id, created_at, id);

CREATE TABLE listener (
    id                     TEXT PRIMARY KEY NOT NULL,
    loadbalancer_id        TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    project_id             TEXT NOT NULL,
    name                   TEXT NOT NULL,
    description            TEXT NOT NULL,
    provisioning_status    TEXT NOT NULL,
    operating_status       TEXT NOT NULL,
    admin_state_up         INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    protocol               TEXT NOT NULL,
    protocol_port          INTEGER NOT NULL CHECK (protocol_port BETWEEN 1 AND 65535),
    connection_limit       INTEGER NOT NULL,
    default_pool_id        TEXT REFERENCES pool (id) ON DELETE SET NULL,
    -- JSON.
    insert_headers         TEXT NOT NULL,
    created_at             TEXT NOT NULL,
    updated_at             TEXT,
    timeout_client_data    INTEGER NOT NULL,
    timeout_member_connect INTEGER NOT NULL,
    timeout_member_data    INTEGER NOT NULL,
    timeout_tcp_inspect    INTEGER NOT NULL,
    tags                   TEXT NOT NULL,
    -- JSON.
    allowed_cidrs          TEXT,
    -- With the VIP being unique, this makes VIP and port unique.
    UNIQUE (loadbalancer_id, protocol_port)
) STRICT;

CREATE INDEX listener_default_pool ON listener (default_pool_id);
CREATE INDEX listener_project ON listener (project_id, created_at, id);

CREATE TABLE member (
    id                  TEXT PRIMARY KEY NOT NULL,
    pool_id             TEXT NOT NULL REFERENCES pool (id) ON DELETE CASCADE,
    loadbalancer_id     TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    project_id          TEXT NOT NULL,
    name                TEXT NOT NULL,
    provisioning_status TEXT NOT NULL,
    operating_status    TEXT NOT NULL,
    admin_state_up      INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    address             TEXT NOT NULL,
    protocol_port       INTEGER NOT NULL CHECK (protocol_port BETWEEN 1 AND 65535),
    weight              INTEGER NOT NULL CHECK (weight BETWEEN 0 AND 256),
    backup              INTEGER NOT NULL CHECK (backup IN (0, 1)),
    subnet_id           TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT,
    monitor_port        INTEGER,
    monitor_address     TEXT,
    tags                TEXT NOT NULL,
    -- Why it is down, in the engine's words, and since when it has its operating status.
    reason              TEXT,
    since               TEXT,
    UNIQUE (pool_id, address, protocol_port)
) STRICT;

CREATE INDEX member_loadbalancer ON member (loadbalancer_id);
CREATE INDEX member_project ON member (project_id);

CREATE TABLE healthmonitor (
    id                  TEXT PRIMARY KEY NOT NULL,
    -- A pool has one.
    pool_id             TEXT NOT NULL UNIQUE REFERENCES pool (id) ON DELETE CASCADE,
    loadbalancer_id     TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    project_id          TEXT NOT NULL,
    name                TEXT NOT NULL,
    provisioning_status TEXT NOT NULL,
    operating_status    TEXT NOT NULL,
    admin_state_up      INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    type                TEXT NOT NULL,
    delay               INTEGER NOT NULL,
    timeout             INTEGER NOT NULL,
    max_retries         INTEGER NOT NULL,
    max_retries_down    INTEGER NOT NULL,
    http_method         TEXT,
    url_path            TEXT,
    expected_codes      TEXT,
    http_version        REAL,
    domain_name         TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT,
    tags                TEXT NOT NULL
) STRICT;

CREATE INDEX healthmonitor_loadbalancer ON healthmonitor (loadbalancer_id);
CREATE INDEX healthmonitor_project ON healthmonitor (project_id);

-- What a project may have at most; -1 is no limit, a project without a row has none.
CREATE TABLE quota (
    project_id    TEXT PRIMARY KEY NOT NULL,
    loadbalancer  INTEGER NOT NULL DEFAULT -1,
    listener      INTEGER NOT NULL DEFAULT -1,
    member        INTEGER NOT NULL DEFAULT -1,
    pool          INTEGER NOT NULL DEFAULT -1,
    healthmonitor INTEGER NOT NULL DEFAULT -1,
    l7policy      INTEGER NOT NULL DEFAULT -1,
    l7rule        INTEGER NOT NULL DEFAULT -1
) STRICT, WITHOUT ROWID;

-- Counted since creation. A load balancer keeps what its deleted listeners have counted.
CREATE TABLE traffic (
    -- A load balancer or a listener.
    id                TEXT PRIMARY KEY NOT NULL,
    loadbalancer_id   TEXT NOT NULL REFERENCES loadbalancer (id) ON DELETE CASCADE,
    bytes_in          INTEGER NOT NULL,
    bytes_out         INTEGER NOT NULL,
    total_connections INTEGER NOT NULL,
    request_errors    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX traffic_loadbalancer ON traffic (loadbalancer_id);
