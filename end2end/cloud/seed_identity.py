"""Creates the service users, the catalog, roles, two projects, and their users."""

import os

import openstack

ENV = os.environ
PASSWORD = ENV["PASSWORD"]
identity = openstack.connect(
    auth_url=ENV["KEYSTONE"],
    username="admin",
    password=PASSWORD,
    project_name="admin",
    user_domain_name="Default",
    project_domain_name="Default",
    region_name=ENV["REGION"],
).identity


def role(name):
    return identity.find_role(name) or identity.create_role(name=name)


def project(name):
    return identity.find_project(name) or identity.create_project(name=name, domain_id="default")


def user(name, *places, **options):
    """`places` are pairs of a project and its roles. The first one is the user's default project."""
    found = identity.find_user(name) or identity.create_user(
        name=name,
        password=PASSWORD,
        domain_id="default",
        default_project_id=project(places[0][0]).id if places else None,
        **options,
    )
    for of, roles in places:
        for granted in roles:
            identity.assign_project_role_to_user(project(of), found, role(granted))
    return found


for service in ("octavia", "barbican", "neutron"):
    user(service, ("service", ["admin", "service"]))
user("admin", ("admin", ["admin"]))
# Roles of older releases. Under the default policies of this one they give no access.
for name in (
    "load-balancer_member",
    "load-balancer_admin",
    "load-balancer_observer",
    "load-balancer_global_observer",
    "load-balancer_quota_admin",
    "creator",
    "audit",
    "observer",
    "key-manager:service-admin",
):
    role(name)
user("alice", ("proj-a", ["member"]))
user("anna", ("proj-a", ["member"]))
user("rita", ("proj-a", ["reader"]))
user("lbm", ("proj-a", ["load-balancer_member", "creator"]))
user("bob", ("proj-b", ["member"]))
user("tess", ("proj-a", ["member"]), ("proj-b", ["member"]))
user("nora")
# disa's account is disabled; dora's default project is one that she has no role in.
user("disa", ("proj-a", ["member"]), is_enabled=False)
dora = user("dora", ("proj-b", []), ("proj-a", ["member"]))

for name, kind, port in (
    ("octavia", "load-balancer", "OCTAVIA_PORT"),
    ("barbican", "key-manager", "BARBICAN_PORT"),
    ("neutron", "network", "NEUTRON_PORT"),
):
    if not identity.find_service(name):
        service = identity.create_service(name=name, type=kind)
        for interface in ("public", "internal", "admin"):
            identity.create_endpoint(
                service_id=service.id,
                interface=interface,
                region_id=ENV["REGION"],
                url=f"http://{ENV['HOST']}:{ENV[port]}",
            )
