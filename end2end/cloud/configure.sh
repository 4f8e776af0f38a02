#!/bin/bash
# Writes all configuration files. start.sh runs it each time.
set -e; . "$(dirname "$0")/env.sh"
mkdir -p $ETC/{keystone/{fernet,credential},barbican,neutron,octavia/certs} $RUN $LOG
database() { echo "mysql+pymysql://root@$HOST:$DATABASE_PORT/$1?charset=utf8"; }
QUEUE=rabbit://guest:guest@$HOST:$QUEUE_PORT/
authtoken() { cat <<X
[keystone_authtoken]
www_authenticate_uri = $KEYSTONE
auth_url = $KEYSTONE
auth_type = password
username = $1
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
service_token_roles_required = True
X
}
cat > $ETC/keystone/keystone.conf <<X
[DEFAULT]
public_endpoint = http://$HOST:$KEYSTONE_PORT
[database]
connection = $(database keystone)
[token]
provider = fernet
expiration = 86400
[identity]
# 4 bcrypt rounds instead of 12: a password log-in takes 20 ms, not 500
password_hash_rounds = 4
[fernet_tokens]
key_repository = $ETC/keystone/fernet
[credential]
key_repository = $ETC/keystone/credential
[oslo_policy]
policy_file = $ETC/keystone/policy.yaml
X
[ -f $ETC/barbican/kek ] || python3 -c 'import os,base64;print(base64.urlsafe_b64encode(os.urandom(32)).decode())' > $ETC/barbican/kek
cat > $ETC/barbican/barbican.conf <<X
[DEFAULT]
host_href = http://$HOST:$BARBICAN_PORT
sql_connection = $(database barbican)
db_auto_create = False
transport_url = $QUEUE
[database]
connection = $(database barbican)
[secretstore]
enabled_secretstore_plugins = store_crypto
[crypto]
enabled_crypto_plugins = simple_crypto
[simple_crypto_plugin]
kek = $(cat $ETC/barbican/kek)
[queue]
enable = False
$(authtoken barbican)
X
cp $VENV/etc/barbican/barbican-api-paste.ini $ETC/barbican/
cat > $ETC/barbican/barbican_app.py <<X
from paste import deploy
application = deploy.loadapp('config:$ETC/barbican/barbican-api-paste.ini')
X
cat > $ETC/neutron/neutron.conf <<X
[DEFAULT]
core_plugin = ml2
service_plugins = router
auth_strategy = keystone
transport_url = $QUEUE
notify_nova_on_port_status_changes = False
notify_nova_on_port_data_changes = False
state_path = $RUN/neutron
api_paste_config = $ETC/neutron/api-paste.ini
rpc_workers = 0
[database]
connection = $(database neutron)
[oslo_concurrency]
lock_path = $RUN/neutron/lock
$(authtoken neutron)
X
cat > $ETC/neutron/ml2_conf.ini <<X
[ml2]
type_drivers = local,flat,vxlan
tenant_network_types = vxlan
mechanism_drivers =
extension_drivers = port_security
[ml2_type_vxlan]
vni_ranges = 1:4000
[ml2_type_flat]
flat_networks = *
X
cp $VENV/etc/neutron/api-paste.ini $ETC/neutron/
mkdir -p $RUN/neutron/lock
# The services run with HOME=$ETC/home: their CORS filters (and all of Barbican) read only
# ~/.PROJECT/PROJECT.conf or /etc/PROJECT/PROJECT.conf, whatever --config-file says.
mkdir -p $ETC/home; for p in keystone barbican neutron octavia; do ln -sfn $ETC/$p $ETC/home/.$p; done
# Octavia signs (never used) amphora certificates with this CA.
C=$ETC/octavia/certs
[ -f $C/ca.pem ] || openssl req -x509 -newkey rsa:2048 -passout pass:$PASSWORD -days 3650 -subj /CN=cloud-ca -keyout $C/ca.key -out $C/ca.pem 2>/dev/null
# octavia.conf is for the worker and the others, octavia-api.conf only for the API.
for who in octavia octavia-api; do
# The API allocates VIPs as ports of Neutron. The worker must not plug them into machines that don't exist.
NETWORK_DRIVER=loopback_network_driver
[ $who = octavia-api ] && NETWORK_DRIVER=allowed_address_pairs_driver
cat > $ETC/octavia/$who.conf <<X
[DEFAULT]
transport_url = $QUEUE
[api_settings]
auth_strategy = keystone
api_base_uri = http://$HOST:$OCTAVIA_PORT
enabled_provider_drivers = amphora:The Octavia Amphora driver.,octavia:Deprecated alias of the Octavia Amphora driver.,noop_driver:The no-op driver.,noop_driver-alt:The no-op alt driver.
default_provider_driver = amphora
healthcheck_enabled = True
[database]
connection = $(database octavia)
[oslo_messaging]
topic = octavia_prov
[controller_worker]
# Nothing is really built: the whole worker flow runs with no-op drivers.
amphora_driver = amphora_noop_driver
compute_driver = compute_noop_driver
network_driver = $NETWORK_DRIVER
image_driver = image_noop_driver
volume_driver = volume_noop_driver
amp_flavor_id = 1
amp_image_tag = amphora
amp_boot_network_list = $(cat $ETC/octavia/mgmt_net 2>/dev/null || echo 6a0d3a5c-0000-4000-8000-000000000001)
client_ca = $C/ca.pem
workers = 1
[certificates]
cert_generator = local_cert_generator
cert_manager = barbican_cert_manager
ca_certificate = $C/ca.pem
ca_private_key = $C/ca.key
ca_private_key_passphrase = $PASSWORD
server_certs_key_passphrase = insecure-key-do-not-use-this-key
[health_manager]
bind_ip = $HOST
bind_port = 15555
heartbeat_key = insecure
controller_ip_port_list = $HOST:15555
[haproxy_amphora]
client_cert = $C/ca.pem
server_ca = $C/ca.pem
[driver_agent]
status_socket_path = $RUN/octavia/status.sock
stats_socket_path = $RUN/octavia/stats.sock
get_socket_path = $RUN/octavia/get.sock
[house_keeping]
load_balancer_expiry_age = 604800
[service_auth]
auth_url = $KEYSTONE
auth_type = password
username = octavia
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
[neutron]
endpoint_override = http://$HOST:$NEUTRON_PORT
auth_url = $KEYSTONE
auth_type = password
username = octavia
password = $PASSWORD
project_name = service
user_domain_name = Default
project_domain_name = Default
$(authtoken octavia)
X
done
mkdir -p $RUN/octavia
