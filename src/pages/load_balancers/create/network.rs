//! The virtual network, its subnet, and the VIP address.

use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::load_balancers::form::{
        controls::{FormInput, FormSelect},
        section::FormSection,
        state::Form,
    },
    store::{
        networks::{Networks, State},
        use_store,
    },
    ui::{Banner, Button, Field, Select, SelectOption, Text, Tone, text},
};
use leptos::prelude::*;
use openstack_types::{field::FieldError, neutron::Subnet};
use plan::{Draft, FieldPath, Finding, Section};
use std::net::IpAddr;

/// The value of the select box for a subnet that the service chooses.
const ANY: &str = "any";

/// Selects the network if only one exists, or the network of the subnet of a clone. The selection is
/// part of the initial draft, so that an untouched form has no changes.
pub(super) fn preselect_network(form: Form, initial: RwSignal<Draft>) {
    let networks = use_store().networks;
    networks.ensure();
    Effect::new(move |_| {
        let only = networks.with(|networks| match networks.networks.as_slice() {
            [only] => Some(only.id),
            _ => None,
        });
        let Some(only) = only else { return };
        let fill = |draft: &mut Draft| {
            let network_of_subnet = draft.subnet.and_then(|subnet| networks.network_of(subnet));
            draft.network = draft.network.or(network_of_subnet).or(only);
        };
        form.draft.update(fill);
        initial.update(fill);
    });
}

#[component]
pub(super) fn VirtualNetwork(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let networks = use_store().networks;
    let is_loading = move || matches!(networks.state(), State::Unread | State::Reading);
    let placeholder = text(move || {
        if is_loading() {
            t_string!(i18n, common.loading).to_owned()
        } else {
            t_string!(i18n, create.choose_network).to_owned()
        }
    });
    let options = Signal::derive(move || {
        // An empty list would mean that there are no networks.
        if is_loading() {
            return vec![SelectOption::new("reading", t_string!(i18n, common.loading)).disabled()];
        }
        let all = networks.with(|networks| {
            let named = networks.networks.iter().map(|network| {
                let id = network.id.to_string();
                let label = if network.name.is_empty() { id.clone() } else { network.name.clone() };
                SelectOption::new(id, label)
            });
            named.collect::<Vec<_>>()
        });
        all.unwrap_or_default()
    });
    let value =
        move || form.draft.with(|draft| draft.network.map(|id| id.to_string()).unwrap_or_default());
    let on_change = move |id: String| {
        form.draft.update(|draft| {
            draft.network = id.parse().ok();
            draft.subnet = None;
        });
    };
    let subnets = Memo::new(move |_| {
        let network = form.draft.with(|draft| draft.network);
        let is_in_network = |subnet: &&Subnet| Some(subnet.network_id) == network;
        networks
            .with(|networks| {
                networks.subnets.iter().filter(is_in_network).cloned().collect::<Vec<_>>()
            })
            .unwrap_or_default()
    });
    view! {
        <FormSection
            section=Section::Network
            title=move || t_string!(i18n, create.network_and_vip).to_owned()
        >
            <NetworksError />
            <div class="form-grid form-wide">
                <Field
                    label=move || t_string!(i18n, create.virtual_network).to_owned()
                    error=form.error(&FieldPath::Network)
                >
                    <FormSelect form path=FieldPath::Network value on_change options placeholder />
                </Field>
                <Show when=move || { subnets.with(|all| all.len() > 1) }>
                    <SubnetSelect form subnets />
                </Show>
                <Field
                    label=move || t_string!(i18n, create.vip_address).to_owned()
                    error=form.error(&FieldPath::VipAddress)
                    hint=vip_hint(form, subnets)
                    optional=true
                >
                    <FormInput
                        form
                        path=FieldPath::VipAddress
                        code=true
                        placeholder=move || t_string!(i18n, create.vip_placeholder).to_owned()
                    />
                </Field>
            </div>
        </FormSection>
    }
}

#[component]
fn SubnetSelect(form: Form, subnets: Memo<Vec<Subnet>>) -> impl IntoView {
    let i18n = use_i18n();
    let value = move || {
        let subnet = form.draft.with(|draft| draft.subnet);
        subnet.map(|id| id.to_string()).unwrap_or_else(|| ANY.to_owned())
    };
    let options = Signal::derive(move || {
        let any = SelectOption::new(ANY, t_string!(i18n, create.subnet_any));
        let all = subnets.get().into_iter().map(|subnet| {
            let label = match subnet.name.as_str() {
                "" => subnet.cidr.to_string(),
                name => format!("{name} · {}", subnet.cidr),
            };
            SelectOption::new(subnet.id.to_string(), label)
        });
        std::iter::once(any).chain(all).collect::<Vec<_>>()
    });
    let on_change = move |id: String| form.draft.update(|draft| draft.subnet = id.parse().ok());
    view! {
        <Field label=move || t_string!(i18n, create.subnet).to_owned()>
            <Select value on_change options />
        </Field>
    }
}

/// The address ranges that the VIP can be in.
fn vip_hint(form: Form, subnets: Memo<Vec<Subnet>>) -> Text {
    let i18n = form.i18n();
    text(move || {
        let pools = form.draft.with(|draft| subnets.with(|all| pools_without_vip(all, draft)));
        if let Some(pools) = pools {
            return t_string!(i18n, create.vip_outside_pools, pools = pools).to_string();
        }
        let chosen = form.draft.with(|draft| draft.subnet);
        let ranges = subnets.with(|all| {
            let all = all.iter().filter(|subnet| chosen.is_none_or(|id| id == subnet.id));
            all.map(|subnet| subnet.cidr.to_string()).collect::<Vec<_>>().join(", ")
        });
        match ranges.as_str() {
            "" => t_string!(i18n, create.vip_hint_any).to_owned(),
            _ => t_string!(i18n, create.vip_hint, ranges = ranges).to_string(),
        }
    })
}

/// The errors of a draft, and a VIP address outside of its network.
pub(super) fn findings(networks: Networks, draft: &Draft) -> Vec<Finding> {
    let mut findings = plan::check(draft);
    let error = networks.with(|known| vip_error(&known.subnets, draft)).flatten();
    findings.extend(error.map(|error| (FieldPath::VipAddress, error)));
    findings
}

/// Whether the VIP address is one of the chosen subnet or network.
fn vip_error(subnets: &[Subnet], draft: &Draft) -> Option<FieldError> {
    let address: IpAddr = draft.vip_address.trim().parse().ok()?;
    let is_chosen = |subnet: &&Subnet| match draft.subnet {
        Some(id) => subnet.id == id,
        None => Some(subnet.network_id) == draft.network,
    };
    let chosen: Vec<&Subnet> = subnets.iter().filter(is_chosen).collect();
    let is_usable = |subnet: &&Subnet| {
        let cidr = subnet.cidr;
        let is_reserved = cidr.prefix_len() + 1 < cidr.max_prefix_len()
            && (address == cidr.network() || (address.is_ipv4() && address == cidr.broadcast()));
        cidr.contains(&address) && !is_reserved
    };
    if chosen.is_empty() || chosen.iter().any(is_usable) {
        return None;
    }
    let ranges: Vec<String> = chosen.iter().map(|subnet| subnet.cidr.to_string()).collect();
    Some(FieldError::NotInNetwork { ranges: ranges.join(", ") })
}

/// The ranges that the subnet of the VIP assigns addresses from, if the VIP is in none of them. Octavia
/// accepts such a VIP.
fn pools_without_vip(subnets: &[Subnet], draft: &Draft) -> Option<String> {
    let address: IpAddr = draft.vip_address.trim().parse().ok()?;
    let chosen = subnets.iter().filter(|subnet| draft.subnet.is_none_or(|id| id == subnet.id));
    let subnet = chosen.into_iter().find(|subnet| subnet.cidr.contains(&address))?;
    let pools = &subnet.allocation_pools;
    let is_assigned = pools.iter().any(|pool| (pool.start..=pool.end).contains(&address));
    let ranges = pools.iter().map(|pool| format!("{}–{}", pool.start, pool.end));
    (!pools.is_empty() && !is_assigned).then(|| ranges.collect::<Vec<_>>().join(", "))
}

/// Says that the networks could not be read.
#[component]
fn NetworksError() -> impl IntoView {
    let i18n = use_i18n();
    let networks = use_store().networks;
    move || {
        let State::Failed(error) = networks.state() else { return None };
        Some(view! {
            <Banner
                tone=Tone::Error
                action=move || {
                    view! {
                        <Button on_press=move || networks.read()>
                            {t!(i18n, common.try_again)}
                        </Button>
                    }
                }
            >
                {errors::explain(i18n, &error)}
            </Banner>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vip_outside_of_the_allocation_pools_is_told() {
        let subnet: Subnet = serde_json::from_value(serde_json::json!({
            "id": "00000000-0000-4000-8000-000000000001",
            "network_id": "00000000-0000-4000-8000-000000000002",
            "ip_version": 4,
            "cidr": "10.0.0.0/24",
            "allocation_pools": [{"start": "10.0.0.10", "end": "10.0.0.20"}],
        }))
        .unwrap();
        let subnets = [subnet];
        let warning = |vip: &str| {
            let mut draft = Draft::default();
            draft.vip_address = vip.to_owned();
            pools_without_vip(&subnets, &draft)
        };
        assert_eq!(warning("10.0.0.9").as_deref(), Some("10.0.0.10–10.0.0.20"));
        assert_eq!(warning("10.0.0.20"), None);
        // Refused as outside of the network.
        assert_eq!(warning("10.0.1.9"), None);
        assert_eq!(warning(""), None);
    }
}
