//! The request that creates a load balancer, as commands for other tools.

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    ui::{CodeBlock, Glyph, Icon, Tabs, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateLoadBalancer;
use plan::export;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    OpenstackCommands,
    Terraform,
    ApiRequest,
}

const FORMATS: [Format; 3] = [Format::OpenstackCommands, Format::Terraform, Format::ApiRequest];

impl Format {
    fn label(self, i18n: I18nContext<Locale>) -> String {
        match self {
            Self::OpenstackCommands => t_string!(i18n, create.export_openstack),
            Self::Terraform => t_string!(i18n, create.export_terraform),
            Self::ApiRequest => t_string!(i18n, create.export_api),
        }
        .to_owned()
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::OpenstackCommands => "load-balancer.sh",
            Self::Terraform => "load-balancer.tf",
            Self::ApiRequest => "load-balancer.json",
        }
    }

    fn export(self, request: &CreateLoadBalancer) -> String {
        match self {
            Self::OpenstackCommands => export::openstack_commands(request),
            Self::Terraform => export::terraform(request),
            Self::ApiRequest => export::api_request(request),
        }
    }
}

/// A link to a text that needs no server.
fn data_url(text: &str) -> String {
    let text: String = js_sys::encode_uri_component(text).into();
    format!("data:text/plain;charset=utf-8,{text}")
}

/// One tab for each format.
#[component]
pub fn ExportTabs(#[prop(into)] request: Signal<CreateLoadBalancer>) -> impl IntoView {
    let i18n = use_i18n();
    let selected = RwSignal::new(0_usize);
    let format = move || FORMATS[selected.get()];
    let code = Memo::new(move |_| request.with(|request| format().export(request)));
    view! {
        <Tabs
            label=move || t_string!(i18n, create.exports).to_owned()
            tabs=FORMATS.map(|format| text(move || format.label(i18n))).to_vec()
            selected
            on_select=move |tab: usize| selected.set(tab)
        >
            <div class="stack">
                <CodeBlock label=move || format().label(i18n) code />
                <div class="row">
                    <a
                        class="button button-secondary"
                        download=move || format().file_name()
                        href=move || code.with(|code| data_url(code))
                    >
                        <Icon glyph=Glyph::Download />
                        <span class="button-text">{t!(i18n, create.download)}</span>
                    </a>
                </div>
            </div>
        </Tabs>
    }
}
