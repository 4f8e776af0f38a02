-- Ports hold the addresses of load balancers, and those that users made for them. One constraint for all addresses
-- of the machine: VIPs, additional VIPs and unused ports.

CREATE TABLE port (
    id              TEXT PRIMARY KEY NOT NULL,
    -- The load balancer that has the address; NULL for a port that none uses.
    loadbalancer_id TEXT,
    project_id      TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    name            TEXT NOT NULL,
    description     TEXT NOT NULL,
    admin_state_up  INTEGER NOT NULL CHECK (admin_state_up IN (0, 1)),
    ip_address      TEXT NOT NULL,
    -- As in 0008.
    address_key     TEXT NOT NULL UNIQUE,
    subnet_id       TEXT NOT NULL,
    network_id      TEXT NOT NULL,
    -- It stays when its load balancer is deleted.
    made_by_user    INTEGER NOT NULL CHECK (made_by_user IN (0, 1)),
    created_at      TEXT NOT NULL,
    updated_at      TEXT
) STRICT;

CREATE INDEX port_loadbalancer ON port (loadbalancer_id);

CREATE TRIGGER loadbalancer_ports AFTER DELETE ON loadbalancer BEGIN
    DELETE FROM port WHERE loadbalancer_id = OLD.id AND made_by_user = 0;
    UPDATE port SET loadbalancer_id = NULL WHERE loadbalancer_id = OLD.id;
END;

-- A JSON list of subnet_id, ip_address and port_id.
ALTER TABLE loadbalancer ADD COLUMN additional_vips TEXT NOT NULL DEFAULT '[]';
