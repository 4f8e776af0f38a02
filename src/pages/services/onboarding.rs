//! The onboarding of a project without load balancers: three steps from servers to a first
//! response.

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::list::Create,
    routes::Route,
    store::use_store,
    ui::CodeBlock,
};
use leptos::prelude::*;
use openstack_types::portal::Mode;

/// Starts two test servers that answer with their names.
const SERVERS: &str = "lb-portal whoami --listen 127.0.0.1:9001 --name one &\n\
                       lb-portal whoami --listen 127.0.0.1:9002 --name two &";

/// The three steps.
#[component]
pub(super) fn Onboarding() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    // A cloud cannot reach servers on this machine.
    let embedded = Memo::new(move |_| {
        store.info.with(|info| info.as_ref().is_some_and(|info| info.mode == Mode::Embedded))
    });
    view! {
        <div class="onboarding">
            <h3 class="onboarding-title">{t!(i18n, services.onboarding_title)}</h3>
            <p class="muted">{t!(i18n, services.onboarding_text)}</p>
            <ol class="onboarding-steps">
                <li>
                    <h4>{t!(i18n, services.onboarding_servers)}</h4>
                    <p>{t!(i18n, services.onboarding_servers_text)}</p>
                    <Show when=move || embedded.get()>
                        <p>{t!(i18n, services.onboarding_servers_try)}</p>
                        <CodeBlock
                            label=move || t_string!(i18n, services.onboarding_servers_code).to_owned()
                            code=SERVERS
                        />
                    </Show>
                </li>
                <li>
                    <h4>{t!(i18n, services.onboarding_create)}</h4>
                    <p>{t!(i18n, services.onboarding_create_text)}</p>
                    <Create href=Route::create().href() />
                </li>
                <li>
                    <h4>{t!(i18n, services.onboarding_test)}</h4>
                    <p>{t!(i18n, services.onboarding_test_text)}</p>
                    <CodeBlock
                        label=move || t_string!(i18n, services.onboarding_test_code).to_owned()
                        code="curl http://VIP:PORT/"
                    />
                </li>
            </ol>
        </div>
    }
}
