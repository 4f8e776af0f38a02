//! Tables with rows, without, and with very many.

use leptos::prelude::*;
use openstack_types::{OperatingStatus, ProvisioningStatus};

use crate::ui::*;

fn head(some: bool) -> impl IntoView {
    let names =
        ["Name", "State", "Type", "VIP", "Listeners", "Servers", "Created at", "Created by"];
    view! {
        <thead>
            <tr role="row">
                <HeaderCell label="Select all" hide_label=true>
                    <Checkbox
                        label="Select all"
                        hide_label=true
                        checked=false
                        indeterminate=some
                        on_change=|_| ()
                    />
                </HeaderCell>
                {names
                    .into_iter()
                    .enumerate()
                    .map(|(index, label)| {
                        let sort = (index == 6).then_some(Sort::Descending);
                        view! { <HeaderCell label sort on_sort=|| () /> }
                    })
                    .collect_view()}
                <HeaderCell label="Actions" hide_label=true />
            </tr>
        </thead>
    }
}

fn row(index: usize, at: Option<Signal<usize>>) -> AnyView {
    let names =
        ["shop", "api-internal", "結帳服務", "a-very-long-name-for-a-load-balancer-of-team-x"];
    let pending = index == 0;
    let provisioning = match index {
        0 => ProvisioningStatus::PendingCreate,
        3 => ProvisioningStatus::Error,
        _ => ProvisioningStatus::Active,
    };
    let operating = match index % 5 {
        0 => OperatingStatus::Offline,
        2 => OperatingStatus::Degraded,
        3 => OperatingStatus::Error,
        _ => OperatingStatus::Online,
    };
    let ticked = RwSignal::new(index == 1);
    let (tone, servers) = match index % 5 {
        0 => (Tone::Neutral, "none"),
        2 => (Tone::Warning, "1 of 2 healthy"),
        3 => (Tone::Error, "0 of 4 healthy"),
        _ => (Tone::Ok, "2 of 2 healthy"),
    };
    let name = names[index % names.len()];
    let content = view! {
        <Cell control=true>
            <Checkbox
                label=format!("Select {name}")
                hide_label=true
                checked=ticked
                on_change=move |on: bool| ticked.set(on)
            />
        </Cell>
        <Cell heading=true label="Name">
            <a class="truncate" href="/gallery">{name}</a>
        </Cell>
        <Cell label="State">
            <span class="list-state">
                <ProvisioningBadge status=Signal::stored(provisioning) />
                {(!pending).then(|| view! { <OperatingBadge status=Signal::stored(operating) /> })}
            </span>
        </Cell>
        <Cell label="Type">{if index % 3 == 2 { "Network" } else { "Application" }}</Cell>
        <Cell label="VIP"><span class="mono">{format!("127.8.{}.{}", index / 250, index % 250)}</span></Cell>
        <Cell label="Listeners">
            <Tags>
                <Tag text="HTTP:80" code=true />
                {(index % 2 == 1).then(|| view! { <Tag text="HTTP:8080" code=true /> })}
            </Tags>
        </Cell>
        <Cell label="Servers"><StatusBadge tone=Signal::stored(tone) text=servers /></Cell>
        <Cell label="Created at"><Time datetime="2026-11-23T03:40:39Z" text="Nov 23, 11:40" /></Cell>
        <Cell label="Created by">"admin"</Cell>
        <Cell control=true>
            <Menu
                label=format!("Actions for {name}")
                items=|| vec![MenuItem::new("Clone", || ()).icon(Glyph::Clone)]
            />
        </Cell>
    };
    match at {
        Some(index) => {
            view! { <Row index selected=ticked on_open=|| ()>{content}</Row> }.into_any()
        }
        None => view! { <Row selected=ticked on_open=|| ()>{content}</Row> }.into_any(),
    }
}

#[component]
pub(super) fn Rows() -> impl IntoView {
    view! {
        <Table label="Load balancers">
            {head(true)}
            <tbody role="rowgroup">{(0..5).map(|index| row(index, None)).collect_view()}</tbody>
        </Table>
        <Card title="Servers" flush=true>
            <Table label="Servers" narrow=Narrow::Scroll>
                <thead>
                    <tr role="row">
                        <HeaderCell label="Private IP" />
                        <HeaderCell label="Port" numeric=true />
                        <HeaderCell label="Weight" numeric=true />
                        <HeaderCell label="Health" />
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <Row>
                        <Cell heading=true label="Private IP"><span class="mono">"192.0.2.10"</span></Cell>
                        <Cell label="Port" numeric=true>"80"</Cell>
                        <Cell label="Weight" numeric=true>"1"</Cell>
                        <Cell label="Health">
                            <OperatingBadge status=Signal::stored(OperatingStatus::Online) />
                        </Cell>
                    </Row>
                    <Row>
                        <Cell heading=true label="Private IP"><span class="mono">"192.0.2.11"</span></Cell>
                        <Cell label="Port" numeric=true>"8080"</Cell>
                        <Cell label="Weight" numeric=true>"10"</Cell>
                        <Cell label="Health">
                            <OperatingBadge status=Signal::stored(OperatingStatus::Error) />
                            " connection refused"
                        </Cell>
                    </Row>
                </tbody>
            </Table>
        </Card>
    }
}

#[component]
pub(super) fn Sights() -> impl IntoView {
    view! {
        <Table label="Loading" busy=true>{head(false)}<SkeletonRows columns=10 rows=3 /></Table>
        <Table label="Empty">
            {head(false)}
            <TableMessage columns=10>
                <EmptyState
                    title="No load balancers yet"
                    text="A load balancer spreads requests over your servers and leaves out the ones that are down."
                >
                    <Button kind=ButtonKind::Primary>"＋Create"</Button>
                </EmptyState>
            </TableMessage>
        </Table>
        <div class="form-grid">
            <Card title="No match">
                <EmptyState art=Art::NoMatch title="Nothing matches “shpo”" text="Every word must match.">
                    <Button>"Clear search"</Button>
                </EmptyState>
            </Card>
            <Card title="Failed">
                <EmptyState art=Art::Failed title="Could not load" text="The server did not answer.">
                    <Button icon=Glyph::Refresh>"Try again"</Button>
                </EmptyState>
            </Card>
        </div>
    }
}

#[component]
pub(super) fn Many() -> impl IntoView {
    let keys: Vec<u32> = (0..10_000).collect();
    view! {
        <Table label="Many" row_count=Signal::stored(10_000)>
            {head(false)}
            <VirtualRows
                keys=keys
                row=|(key, index): (Signal<u32>, Signal<usize>)| {
                    row(key.get_untracked() as usize, Some(index))
                }
            />
        </Table>
    }
}
