#!/bin/bash
# Starts all services; creates and fills the databases the first time.
set -e; . "$(dirname "$0")/env.sh"
mkdir -p "$RUN" "$LOG"
"$HERE/configure.sh"

# run NAME COMMAND…: in the background, unless it runs already.
run() { local name=$1; shift
  [ -f "$RUN/$name.pid" ] && kill -0 "$(cat "$RUN/$name.pid")" 2>/dev/null && return 0
  setsid "$@" >> "$LOG/$name.log" 2>&1 < /dev/null & echo $! > "$RUN/$name.pid"; }
# wait_for COMMAND: up to two minutes.
wait_for() { for _ in $(seq 1200); do eval "$1" >/dev/null 2>&1 && return 0; sleep 0.1; done
  echo "waited in vain for: $1; the logs are in $LOG" >&2; exit 1; }
# api NAME PORT MODULE [ARGUMENTS]
api() { local name=$1 port=$2 module=$3; shift 3
  run "$name" "$VENV/bin/uwsgi" --http-socket "$HOST:$port" --module "$module" --master --processes 2 --lazy-apps \
    --need-app --enable-threads --thunder-lock --die-on-term --buffer-size 65535 --add-header 'Connection: close' \
    --virtualenv "$VENV" ${1:+--pyargv "$1"}; }

# The database needs no fsync here.
[ -d "$RUN/mysql" ] || mariadb-install-db --user="$(id -un)" --datadir="$RUN/mysql" \
  --auth-root-authentication-method=normal > "$LOG/mysql-install.log" 2>&1
run mysql mariadbd --no-defaults --user="$(id -un)" --datadir="$RUN/mysql" --socket="$RUN/mysql.sock" \
  --bind-address=$HOST --port=$DATABASE_PORT --pid-file="$RUN/mysql.server.pid" \
  --innodb-flush-log-at-trx-commit=0 --skip-log-bin --max-connections=400 --skip-name-resolve
export HOME=$RUN RABBITMQ_NODENAME=lbportal@localhost RABBITMQ_NODE_IP_ADDRESS=$HOST RABBITMQ_NODE_PORT=$QUEUE_PORT \
  RABBITMQ_DIST_PORT=$QUEUE_CLUSTER_PORT ERL_EPMD_PORT=$EPMD_PORT ERL_EPMD_ADDRESS=$HOST \
  RABBITMQ_MNESIA_BASE=$RUN/rabbit RABBITMQ_LOG_BASE=$LOG RABBITMQ_ENABLED_PLUGINS_FILE=$RUN/rabbit/plugins \
  RABBITMQ_PID_FILE=$RUN/rabbit/pid
mkdir -p "$RUN/rabbit"
run rabbit /usr/lib/rabbitmq/bin/rabbitmq-server
SQL="mariadb --no-defaults -uroot -S $RUN/mysql.sock"
wait_for "$SQL -e 'select 1'"
for database in keystone barbican neutron octavia octavia_persistence; do
  $SQL -e "create database if not exists $database character set utf8"
done
export HOME=$ETC/home   # see configure.sh

if [ ! -f "$RUN/schema.done" ]; then
  ( "$VENV/bin/keystone-manage" --config-dir "$ETC/keystone" db_sync
    for keys in fernet credential; do
      "$VENV/bin/keystone-manage" --config-dir "$ETC/keystone" ${keys}_setup \
        --keystone-user "$(id -un)" --keystone-group "$(id -gn)"
    done
    "$VENV/bin/keystone-manage" --config-dir "$ETC/keystone" bootstrap --bootstrap-password $PASSWORD \
      --bootstrap-region-id $REGION --bootstrap-public-url $KEYSTONE --bootstrap-internal-url $KEYSTONE \
      --bootstrap-admin-url $KEYSTONE ) > "$LOG/schema-keystone.log" 2>&1 &
  keystone=$!
  ( cd "$ETC/barbican"; "$VENV/bin/barbican-db-manage" \
      --dburl "mysql+pymysql://root@$HOST:$DATABASE_PORT/barbican?charset=utf8" upgrade ) > "$LOG/schema-barbican.log" 2>&1
  "$VENV/bin/octavia-db-manage" --config-file "$ETC/octavia/octavia.conf" upgrade head > "$LOG/schema-octavia.log" 2>&1
  "$VENV/bin/neutron-db-manage" --config-file "$ETC/neutron/neutron.conf" --config-file "$ETC/neutron/ml2_conf.ini" \
    upgrade heads > "$LOG/schema-neutron.log" 2>&1
  wait $keystone; touch "$RUN/schema.done"
fi

OS_KEYSTONE_CONFIG_DIR=$ETC/keystone api keystone $KEYSTONE_PORT keystone.wsgi.api:application
wait_for "curl -sf $KEYSTONE"
[ -f "$RUN/identity.done" ] || { "$VENV/bin/python" "$HERE/seed_identity.py" > "$LOG/seed.log" 2>&1; touch "$RUN/identity.done"; }
# Barbican's own module reads /etc/barbican.
PYTHONPATH=$ETC/barbican api barbican $BARBICAN_PORT barbican_app:application
OS_NEUTRON_CONFIG_DIR=$ETC/neutron OS_NEUTRON_CONFIG_FILES='neutron.conf;ml2_conf.ini' \
  api neutron $NEUTRON_PORT neutron.wsgi.api:application
wait_for "(exec 3<>/dev/tcp/$HOST/$QUEUE_PORT)"
wait_for "curl -s http://$HOST:$NEUTRON_PORT/"
if [ ! -f "$RUN/network.done" ]; then
  "$VENV/bin/python" "$HERE/seed_network.py" >> "$LOG/seed.log" 2>&1
  touch "$RUN/network.done"; "$HERE/configure.sh"
fi
api octavia-api $OCTAVIA_PORT octavia.wsgi.api:application "--config-file $ETC/octavia/octavia-api.conf"
for service in worker housekeeping driver-agent; do
  run octavia-$service "$VENV/bin/octavia-$service" --config-file "$ETC/octavia/octavia.conf"
done
wait_for "curl -sf http://$HOST:$OCTAVIA_PORT/"
wait_for "curl -s http://$HOST:$BARBICAN_PORT/"
