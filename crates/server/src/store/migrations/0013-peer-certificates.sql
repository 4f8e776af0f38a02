-- Certificates of clients, and TLS between load balancers and members.

ALTER TABLE listener ADD COLUMN client_authentication TEXT NOT NULL DEFAULT 'NONE';
ALTER TABLE listener ADD COLUMN client_ca_tls_container_ref TEXT;
ALTER TABLE listener ADD COLUMN client_crl_container_ref TEXT;

ALTER TABLE pool ADD COLUMN tls_enabled INTEGER NOT NULL DEFAULT 0
    CHECK (tls_enabled IN (0, 1));
ALTER TABLE pool ADD COLUMN tls_container_ref TEXT;
ALTER TABLE pool ADD COLUMN ca_tls_container_ref TEXT;
ALTER TABLE pool ADD COLUMN crl_container_ref TEXT;
ALTER TABLE pool ADD COLUMN tls_ciphers TEXT;
ALTER TABLE pool ADD COLUMN tls_versions TEXT;
ALTER TABLE pool ADD COLUMN alpn_protocols TEXT;

-- As listener_secret and listener_container, for pools.
CREATE TABLE pool_secret (
    pool_id   TEXT NOT NULL REFERENCES pool (id) ON DELETE CASCADE,
    secret_id TEXT NOT NULL REFERENCES secret (id),
    PRIMARY KEY (pool_id, secret_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pool_secret_secret ON pool_secret (secret_id);

CREATE TABLE pool_container (
    pool_id      TEXT NOT NULL REFERENCES pool (id) ON DELETE CASCADE,
    container_id TEXT NOT NULL REFERENCES container (id),
    PRIMARY KEY (pool_id, container_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pool_container_container ON pool_container (container_id);
