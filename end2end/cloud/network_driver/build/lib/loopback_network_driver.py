"""Octavia's network driver for a cloud without machines.

octavia-api allocates VIPs by the real Neutron driver, so each is a real port with a real address. The worker has no
instance to plug it into, so it uses Octavia's no-op driver; it only gives the port of a deleted load balancer back.
"""

from octavia.common import constants
from octavia.network.drivers.neutron import allowed_address_pairs
from octavia.network.drivers.noop_driver import driver as noop


class LoopbackNetworkDriver(noop.NoopNetworkDriver):
    def deallocate_vip(self, vip):
        super().deallocate_vip(vip)
        neutron = allowed_address_pairs.AllowedAddressPairsDriver().network_proxy
        port = neutron.find_port(vip.port_id) if vip.port_id else None
        if port and port.device_owner == constants.OCTAVIA_OWNER:
            neutron.delete_port(port, ignore_missing=True)
