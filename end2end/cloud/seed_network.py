"""Creates a network with a subnet for each project, a shared one, and Octavia's management network."""

import os

import openstack

ENV = os.environ
cloud = openstack.connect(
    auth_url=ENV["KEYSTONE"],
    username="admin",
    password=ENV["PASSWORD"],
    project_name="admin",
    user_domain_name="Default",
    project_domain_name="Default",
    region_name=ENV["REGION"],
)


def network(name, cidr, project, **options):
    project_id = cloud.identity.find_project(project).id
    found = cloud.network.find_network(name) or cloud.network.create_network(
        name=name, project_id=project_id, **options
    )
    subnet = name + "-subnet"
    if not cloud.network.find_subnet(subnet):
        cloud.network.create_subnet(
            name=subnet,
            network_id=found.id,
            cidr=cidr,
            ip_version=6 if ":" in cidr else 4,
            project_id=project_id,
            enable_dhcp=False,
        )
    return found


network("net-a", "10.10.0.0/24", "proj-a")
network("net-a2", "10.11.0.0/24", "proj-a")
network("net-a6", "fd00:a::/64", "proj-a")
network("net-b", "10.20.0.0/24", "proj-b")
network("shared", "192.0.2.0/24", "admin", is_shared=True)
management = network("lb-mgmt", "172.31.0.0/20", "service")
with open(ENV["ETC"] + "/octavia/mgmt_net", "w") as file:
    file.write(management.id)
