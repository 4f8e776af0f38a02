# Sourced by every script: where things are, and which ports of loopback are used.
# `cargo xtask cloud` sets CLOUD_VENV and CLOUD_STATE.
export HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export VENV=${CLOUD_VENV:?} STATE=${CLOUD_STATE:?}
export ETC=$STATE/etc RUN=$STATE/run LOG=$STATE/log
export HOST=127.0.0.1 REGION=RegionOne PASSWORD=secret
export DATABASE_PORT=13306 QUEUE_PORT=15673 EPMD_PORT=14369 QUEUE_CLUSTER_PORT=15674
export KEYSTONE_PORT=15000 BARBICAN_PORT=19311 OCTAVIA_PORT=19876 NEUTRON_PORT=19696
export KEYSTONE=http://$HOST:$KEYSTONE_PORT/v3
# Byte code matters: the services import thousands of modules.
unset PYTHONDONTWRITEBYTECODE
# Requests to loopback need no proxy.
export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost
