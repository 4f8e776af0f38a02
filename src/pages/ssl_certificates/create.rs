//! The wizard that creates a certificate: configure, review, store.

mod configure;
mod contents;
mod dialog;
mod form;
mod labels;
mod review;
mod step;

use crate::{
    i18n::{t_string, use_i18n},
    pages::{leave_guard::LeaveGuard, page_title, use_location},
    routes::{CreateStep, Route},
    store::use_store,
    ui::{Crumb, PageHeader, Stepper, text},
};
use configure::Configure;
pub use dialog::CreateCertificateDialog;
use form::Form;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use review::Review;
use step::heading_id;

#[component]
pub fn CreateCertificate() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    let title = move || t_string!(i18n, certificates.create_title).to_owned();
    page_title(title);
    // To check whether a name is taken.
    store.certificates.ensure_listed();
    let form = Form::new(i18n, store);
    let step = Memo::new(move |before: Option<&CreateStep>| {
        location.with(|location| match location.route {
            Some(Route::CreateSslCertificate { step }) => step,
            _ => before.copied().unwrap_or_default(),
        })
    });
    let navigate = use_navigate();
    let go = {
        let navigate = navigate.clone();
        Callback::new(move |(step, replace): (CreateStep, bool)| {
            let route = Route::CreateSslCertificate { step };
            navigate(&route.href(), NavigateOptions { replace, ..Default::default() });
        })
    };
    // The address of the review step without a certificate leads to the first step.
    Effect::new(move |_| {
        if step.get() == CreateStep::Review && !form.is_ready() && !form.done.get() {
            go.run((CreateStep::Configure, true));
        }
    });
    Effect::new(move |before: Option<CreateStep>| {
        let now = step.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(move || form::focus(heading_id(now)));
        }
        now
    });
    let create = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            let Some(created) = form.store().await else { return };
            let words = untrack(|| {
                t_string!(i18n, certificates.created, name = created.name.clone()).to_string()
            });
            let next = untrack(|| t_string!(i18n, certificates.view_details));
            let details = Route::SslCertificate(created.id).href();
            store.toasts.success_with_link(words, next, details);
            navigate(&Route::ssl_certificates().href(), Default::default());
        });
    });
    let changed = Memo::new(move |_| form.is_changed());
    view! {
        <LeaveGuard changed on_leave=move || () />
        <PageHeader
            title
            parent=Crumb {
                href: Route::ssl_certificates().href(),
                label: text(move || t_string!(i18n, common.ssl_certificate_management).to_owned()),
            }
        />
        <Stepper
            label=move || t_string!(i18n, create.steps).to_owned()
            steps=vec![
                text(move || t_string!(i18n, create.configure).to_owned()),
                text(move || t_string!(i18n, create.review).to_owned()),
            ]
            current=Signal::derive(move || usize::from(step.get() == CreateStep::Review))
        />
        <div hidden=move || step.get() != CreateStep::Configure>
            <Configure form on_next=move || go.run((CreateStep::Review, false)) />
        </div>
        <div hidden=move || step.get() != CreateStep::Review>
            <Show when=move || step.get() == CreateStep::Review>
                <Review
                    form
                    on_back=move || go.run((CreateStep::Configure, false))
                    on_create=create
                />
            </Show>
        </div>
    }
}
