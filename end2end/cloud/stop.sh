#!/bin/bash
# Stops what start.sh started, by the recorded process ids. --wipe also deletes the data.
. "$(dirname "$0")/env.sh"
# end NAME…: asks each process group to end, and kills what is left after 8 s.
end() {
  for name; do [ -f "$RUN/$name.pid" ] && kill -TERM -- -"$(cat "$RUN/$name.pid")" 2>/dev/null; done
  for name; do
    [ -f "$RUN/$name.pid" ] || continue
    pid=$(cat "$RUN/$name.pid")
    for _ in $(seq 80); do kill -0 -- -"$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL -- -"$pid" 2>/dev/null; rm -f "$RUN/$name.pid"
  done; }
end octavia-api octavia-worker octavia-housekeeping octavia-driver-agent neutron barbican keystone
end rabbit mysql
# Erlang's port mapper outlives RabbitMQ; this port is ours alone.
ERL_EPMD_PORT=$EPMD_PORT epmd -kill >/dev/null 2>&1
[ "$1" = --wipe ] && rm -rf "$RUN" "$LOG" "$ETC" /tmp/octavia-network-noop.db
true
