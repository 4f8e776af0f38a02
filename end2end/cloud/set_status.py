"""Plays the data plane: reports statuses and statistics through the sockets of octavia-driver-agent.

    . env.sh; $VENV/bin/python set_status.py loadbalancers ID operating_status=ONLINE
    . env.sh; $VENV/bin/python set_status.py members ID operating_status=ERROR
    . env.sh; $VENV/bin/python set_status.py stats LISTENER_ID bytes_in=10 bytes_out=20 active_connections=3 …
"""

import os
import sys

from octavia_lib.api.drivers import driver_lib

sockets = os.environ["RUN"] + "/octavia/"
library = driver_lib.DriverLibrary(
    status_socket=sockets + "status.sock",
    stats_socket=sockets + "stats.sock",
    get_socket=sockets + "get.sock",
)
kind, object_id = sys.argv[1:3]
fields = dict(argument.split("=") for argument in sys.argv[3:])
if kind == "stats":
    counters = {name: int(value) for name, value in fields.items()}
    library.update_listener_statistics({"listeners": [{"id": object_id, **counters}]})
else:
    library.update_loadbalancer_status({kind: [{"id": object_id, **fields}]})
