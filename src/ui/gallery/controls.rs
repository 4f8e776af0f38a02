//! Buttons, fields and choices.

use leptos::prelude::*;

use crate::ui::*;

#[component]
pub(super) fn Buttons() -> impl IntoView {
    let why =
        || Some("Edit is possible in the ACTIVE state only; this one is UPDATING.".to_owned());
    view! {
        <Card title="Buttons">
            <div class="stack">
                <div class="row">
                    <Button kind=ButtonKind::Primary>"＋Create"</Button>
                    <Button icon=Glyph::Refresh>"Refresh"</Button>
                    <Button kind=ButtonKind::Danger icon=Glyph::Trash>"Delete"</Button>
                    <Button kind=ButtonKind::Quiet icon=Glyph::Pencil>"Edit"</Button>
                    <Button kind=ButtonKind::Quiet icon=Glyph::Refresh label="Refresh" />
                    <LinkButton href="/gallery" icon=Glyph::External>"A link"</LinkButton>
                    <Button kind=ButtonKind::Primary>"下一步：檢閱+建立>"</Button>
                </div>
                <div class="row">
                    <Button kind=ButtonKind::Primary disabled_reason=why>"＋Create"</Button>
                    <Button disabled_reason=why>"Edit"</Button>
                    <Button kind=ButtonKind::Danger disabled_reason=why>"Delete"</Button>
                    <Button kind=ButtonKind::Quiet disabled_reason=why>"Clone"</Button>
                    <Button kind=ButtonKind::Primary busy=true>"＋Create"</Button>
                    <Button icon=Glyph::Refresh busy=true>"Refresh"</Button>
                    <Button kind=ButtonKind::Danger busy=true>"Delete"</Button>
                </div>
            </div>
        </Card>
    }
}

#[component]
pub(super) fn Fields() -> impl IntoView {
    let name = RwSignal::new("shop".to_owned());
    let port = RwSignal::new("80".to_owned());
    let search = RwSignal::new("active".to_owned());
    let wrong = || Some("Another listener uses port 80.".to_owned());
    let networks =
        vec![SelectOption::new("1", "loopback"), SelectOption::new("2", "private (10.0.0.0/24)")];
    view! {
        <Card title="Fields">
            <div class="stack">
                <div class="form-grid">
                    <Field label="Name" hint="Up to 255 characters.">
                        <TextInput value=name on_input=move |text: String| name.set(text) />
                    </Field>
                    <Field label="Description" optional=true>
                        <TextInput value="" placeholder="What it is for" on_input=|_: String| () />
                    </Field>
                    <Field label="Port" error=wrong hint="1 to 65535.">
                        <NumberInput
                            value=port
                            min=1
                            max=65535
                            on_input=move |text: String| port.set(text)
                        />
                    </Field>
                    <Field label="Interval">
                        <NumberInput value="5" unit="seconds" on_input=|_: String| () />
                    </Field>
                    <Field label="Virtual Network">
                        <Select value="1" options=networks on_change=|_: String| () />
                    </Field>
                    <Field label="SSL certificate">
                        <Select value="" options=vec![] on_change=|_: String| () />
                    </Field>
                    <Field label="Password">
                        <TextInput value="secret" kind=InputKind::Password on_input=|_: String| () />
                    </Field>
                    <Field label="Private IP">
                        <TextInput value="192.0.2.10" kind=InputKind::Code on_input=|_: String| () />
                    </Field>
                </div>
                <Field label="Servers" optional=true hint="One a line, as 192.0.2.10:80.">
                    <Textarea value="192.0.2.10:80\n192.0.2.11:80" code=true on_input=|_: String| () />
                </Field>
                <SearchInput
                    label="Search"
                    placeholder="Name, state, VIP, server IP"
                    value=search
                    on_input=move |text: String| search.set(text)
                />
            </div>
        </Card>
    }
}

#[component]
pub(super) fn Choices() -> impl IntoView {
    let method = RwSignal::new("ROUND_ROBIN".to_owned());
    let choices = vec![
        Choice::new("ROUND_ROBIN", "ROUND_ROBIN", "Each server in turn."),
        Choice::new("LEAST_CONNECTIONS", "LEAST_CONNECTIONS", "The server with the fewest."),
        Choice::new("SOURCE_IP", "SOURCE_IP", "One client stays with one server."),
    ];
    view! {
        <Card title="Choices">
            <div class="stack">
                <RadioCards
                    legend="Method"
                    value=method
                    choices
                    on_change=move |value: String| method.set(value)
                />
                <div class="row">
                    <Checkbox label="Off" checked=false on_change=|_| () />
                    <Checkbox label="On" checked=true on_change=|_| () />
                    <Checkbox label="Some" checked=false indeterminate=true on_change=|_| () />
                    <Checkbox
                        label="Backup"
                        hint="Used when no other server is healthy."
                        checked=true
                        on_change=|_| ()
                    />
                </div>
                <div>
                    <Disclosure summary="Servers" note="2 servers">"…"</Disclosure>
                    <Disclosure summary="Health check" note="HTTP, every 5 s" open=true>
                        <p class="muted">"Unfolded."</p>
                    </Disclosure>
                    <Disclosure summary="Timeouts" note="defaults">"…"</Disclosure>
                </div>
            </div>
        </Card>
    }
}
