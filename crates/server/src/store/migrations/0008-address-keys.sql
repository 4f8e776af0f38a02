-- Addresses are stored as they were sent; one address has many spellings. A key is the same for all of them, and
-- keys sort as addresses do: 32 hexadecimal digits, IPv4 as IPv4-mapped IPv6. The server writes them.

ALTER TABLE loadbalancer ADD COLUMN vip_key TEXT;
CREATE UNIQUE INDEX loadbalancer_vip_key ON loadbalancer (vip_key);

ALTER TABLE member ADD COLUMN address_key TEXT;
CREATE INDEX member_endpoint ON member (pool_id, address_key, protocol_port);

-- Why the load balancer serves without a member that it has; NULL if it serves it.
ALTER TABLE member ADD COLUMN refused TEXT;
