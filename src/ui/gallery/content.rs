//! States, overlays, and what one reads.

use leptos::prelude::*;
use openstack_types::{OperatingStatus, ProvisioningStatus};

use crate::ui::*;

#[component]
pub(super) fn States() -> impl IntoView {
    let provisioning = ProvisioningStatus::KNOWN
        .iter()
        .cloned()
        .chain([ProvisioningStatus::Unknown("ALLOCATED".to_owned())]);
    let operating = OperatingStatus::KNOWN
        .iter()
        .cloned()
        .chain([OperatingStatus::Unknown("FROZEN".to_owned())]);
    view! {
        <Card title="States">
            <div class="stack">
                <div class="row">
                    {provisioning
                        .map(|status| view! { <ProvisioningBadge status=Signal::stored(status) /> })
                        .collect_view()}
                </div>
                <div class="row">
                    {operating
                        .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
                        .collect_view()}
                </div>
                <Tags>
                    <Tag text="HTTP:80" code=true />
                    <Tag text="192.0.2.0/24" code=true on_remove=|| () />
                    <Tag text="+3" />
                </Tags>
                <div>
                    <Banner tone=Tone::Warning>"Connection lost. Trying again."</Banner>
                    <Banner tone=Tone::Error action=|| view! { <Button>"Try again"</Button> }>
                        "Could not refresh: the server did not answer. The rows may be old."
                    </Banner>
                    <Banner tone=Tone::Info>"Clone of shop."</Banner>
                    <Banner tone=Tone::Ok>"All servers are healthy."</Banner>
                </div>
            </div>
        </Card>
    }
}

#[component]
pub(super) fn Overlays() -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    view! {
        <Card title="Overlays">
            <div class="row">
                <Menu
                    label="Actions for shop"
                    items=|| {
                        let why = || Some("Possible in the ACTIVE state only.".to_owned());
                        vec![
                            MenuItem::new("Edit", || ()).icon(Glyph::Pencil).disabled_reason(why),
                            MenuItem::new("Clone", || ()).icon(Glyph::Clone),
                            MenuItem::new("Delete", || ()).icon(Glyph::Trash).danger(),
                        ]
                    }
                />
                <Button on_press=move || open.set(true)>"Delete…"</Button>
                <Tooltip text="Why it is down: connection refused, checked 3 s ago">
                    <span>"Point at me"</span>
                </Tooltip>
                <span class="mono">"192.0.2.10"</span>
                <CopyButton text="192.0.2.10" label="Copy the VIP" />
            </div>
            <Dialog
                open
                busy
                danger=true
                title="Delete load balancer"
                on_close=move || open.set(false)
                on_submit=move || busy.set(true)
                actions=move || {
                    view! {
                        <Button autofocus=true on_press=move || open.set(false)>"Cancel"</Button>
                        <Button kind=ButtonKind::Danger submit=true busy>"Delete"</Button>
                    }
                }
            >
                <div class="stack">
                    <p>"shop, its 2 listeners and its 4 servers will be gone. Traffic to 127.8.0.2 stops at once."</p>
                    <Field label="Type the name to confirm">
                        <TextInput value="" placeholder="shop" on_input=|_: String| () />
                    </Field>
                </div>
            </Dialog>
        </Card>
    }
}

#[component]
pub(super) fn Reading() -> impl IntoView {
    let tab = RwSignal::new(0);
    let codes = [
        "openstack loadbalancer create \\\n  --name shop \\\n  --vip-subnet-id 2f6d0c5e-9f4c-4b7e-9a55-0d7a1d0b9c11 \\\n  --wait",
        "resource \"openstack_lb_loadbalancer_v2\" \"shop\" {\n  name = \"shop\"\n}",
        "POST /load-balancer/v2/lbaas/loadbalancers\n{ \"loadbalancer\": { \"name\": \"shop\" } }",
    ];
    view! {
        <Stepper
            label="Steps"
            steps=vec![text("Configure"), text("Review & Create"), text("Done")]
            current=1
        />
        <Card title="Basics" actions=|| view! { <Button kind=ButtonKind::Quiet>"Edit"</Button> }>
            <Definitions>
                <Definition term="Name">"shop"</Definition>
                <Definition term="描述">"結帳與購物車"</Definition>
                <Definition term="ID">
                    <span class="mono">"2f6d0c5e-9f4c-4b7e-9a55-0d7a1d0b9c11"</span>
                    <CopyButton text="2f6d0c5e" />
                </Definition>
                <Definition term="VIP">
                    <span class="mono">"127.8.0.2"</span>
                    <CopyButton text="127.8.0.2" />
                </Definition>
                <Definition term="Created">
                    <Time
                        datetime="2026-11-23T03:40:39Z"
                        text="3 minutes ago"
                        title="2026-11-23 11:40:39"
                    />
                </Definition>
                <Definition term="State">
                    <ProvisioningBadge status=Signal::stored(ProvisioningStatus::PendingUpdate) />
                </Definition>
            </Definitions>
        </Card>
        <Card title="The same thing">
            <Tabs
                label="The same thing"
                tabs=vec![text("openstack command"), text("Terraform"), text("API request")]
                selected=tab
                on_select=move |index: usize| tab.set(index)
            >
                <CodeBlock label="Code" code=move || codes[tab.get()].to_owned() />
            </Tabs>
        </Card>
        <Card title="Loading">
            <SkeletonLines lines=4 />
        </Card>
    }
}
