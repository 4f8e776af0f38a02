//! The question before certificates are deleted. What is in use stays, and says where.

use super::uses::links;
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    store::{
        Store,
        certificates::{Certificate, Uses},
        use_store,
    },
    ui::{Banner, Button, ButtonKind, Dialog, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{SecretId, error::ApiError};
use std::sync::Arc;

/// Certificates named in the question; the rest is a number.
const NAMED: usize = 8;

/// What people call a certificate.
pub fn name_of(i18n: I18nContext<Locale>, certificate: &Certificate) -> String {
    match certificate.name.trim() {
        "" => t_string!(i18n, load_balancers.unnamed).to_owned(),
        name => name.to_owned(),
    }
}

/// What the question is about.
#[derive(Clone, Default, PartialEq)]
struct Asked {
    possible: Vec<Arc<Certificate>>,
    used: Vec<Arc<Certificate>>,
}

/// Asks, and deletes. Open as long as `ids` are; empties them when done or not wanted.
#[component]
pub(super) fn DeleteDialog(
    ids: RwSignal<Vec<SecretId>>,
    uses: Memo<Uses>,
    /// Told which are gone.
    #[prop(into)]
    on_deleted: Callback<Vec<SecretId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<ApiError>);
    let open = Memo::new(move |_| ids.with(|ids| !ids.is_empty()));
    Effect::new(move |_| {
        if open.get() {
            failed.set(None);
        }
    });
    let asked = Memo::new(move |_| {
        let all = ids.get().into_iter().filter_map(|id| store.certificates.get(id));
        let (used, possible) = uses.with(|uses| all.partition(|one| !uses.of(one.id).is_empty()));
        Asked { possible, used }
    });
    let several = Memo::new(move |_| ids.with(|ids| ids.len() > 1));
    let reason = move || {
        asked
            .with(|asked| asked.possible.is_empty())
            .then(|| t_string!(i18n, certificates.delete_all_in_use).to_owned())
    };
    let close = move || ids.set(Vec::new());
    let submit = move || {
        if reason().is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let targets = asked.with_untracked(|asked| asked.possible.clone());
        spawn_local(async move {
            let mut gone = Vec::new();
            let mut refused = None;
            for one in targets {
                match store.certificates.delete(one.id).await {
                    Ok(()) => gone.push(one),
                    Err(error) => refused = refused.or(Some((one, error))),
                }
            }
            // Whoever has left the page is told by the frame all the same.
            busy.try_set(false);
            tell(i18n, store, &gone);
            if !ids.is_disposed() {
                on_deleted.run(gone.iter().map(|one| one.id).collect());
            }
            match refused {
                None => drop(ids.try_set(Vec::new())),
                Some((one, error)) => {
                    if ids.try_set(vec![one.id]).is_some() {
                        let name = name_of(i18n, &one);
                        let reason = errors::explain(i18n, &error);
                        let words = t_string!(
                            i18n,
                            load_balancers.delete_failed,
                            name = name,
                            reason = reason
                        );
                        store.toasts.error(words.to_string());
                    }
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let title = move || {
        if several.get() {
            t_string!(i18n, certificates.delete_many_title).to_owned()
        } else {
            t_string!(i18n, certificates.delete_one_title).to_owned()
        }
    };
    view! {
        <Dialog
            open
            on_close=close
            title
            danger=true
            busy
            on_submit=submit
            actions=move || {
                view! {
                    <Button on_press=close autofocus=true>
                        {t!(i18n, common.cancel)}
                    </Button>
                    <Button
                        kind=ButtonKind::Danger
                        submit=true
                        busy
                        disabled_reason=Signal::derive(reason)
                    >
                        {t!(i18n, common.delete)}
                    </Button>
                }
            }
        >
            {move || {
                failed
                    .get()
                    .map(|error| {
                        let text = move || errors::explain(i18n, &error);
                        view! { <Banner tone=Tone::Error>{text}</Banner> }
                    })
            }}
            {move || question(i18n, &asked.get(), &uses.get())}
        </Dialog>
    }
}

fn question(i18n: I18nContext<Locale>, asked: &Asked, uses: &Uses) -> AnyView {
    let count = asked.possible.len();
    let lead = match asked.possible.as_slice() {
        [] => String::new(),
        [one] => {
            let name = name_of(i18n, one);
            t_string!(i18n, certificates.delete_one_lead, name = name).to_string()
        }
        _ => t_string!(i18n, certificates.delete_many_lead, count = count).to_string(),
    };
    let named = (count > 1).then(|| {
        let more = count.saturating_sub(NAMED);
        let items = asked.possible.iter().take(NAMED).map(|one| {
            view! { <li>{name_of(i18n, one)}</li> }
        });
        let items = items.collect_view();
        let rest = (more > 0).then(|| {
            let text = t_string!(i18n, load_balancers.and_more, count = more).to_string();
            view! { <li>{text}</li> }
        });
        view! { <ul class="delete-list">{items} {rest}</ul> }
    });
    let used = (!asked.used.is_empty()).then(|| {
        let items = asked.used.iter().map(|one| {
            view! {
                <li>
                    {name_of(i18n, one)}
                    {links(i18n, uses.of(one.id))}
                </li>
            }
        });
        view! {
            <h3 class="delete-heading">{t!(i18n, certificates.delete_in_use)}</h3>
            <ul class="delete-list">{items.collect_view()}</ul>
        }
    });
    view! {
        {(!lead.is_empty()).then(|| view! { <p class="delete-lead">{lead}</p> })}
        {named}
        {used}
    }
    .into_any()
}

fn tell(i18n: I18nContext<Locale>, store: Store, gone: &[Arc<Certificate>]) {
    match gone {
        [] => {}
        [one] => {
            let name = name_of(i18n, one);
            store.toasts.success(t_string!(i18n, certificates.deleted, name = name).to_string());
        }
        several => {
            let count = several.len();
            let words = t_string!(i18n, certificates.deleted_many, count = count).to_string();
            store.toasts.success(words);
        }
    }
}
