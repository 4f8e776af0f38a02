//! The certificates of the user: loading, following events, creating and deleting.

mod certificate;
pub mod search;
mod uses;

pub use certificate::{Certificate, State};
pub use uses::{Use, Uses};

use super::{loading::Loading, stream_opening::StreamOpening};
use crate::client::{self, Result, barbican::NotStored};
use ::certificate::{CertificateMetadata, set_description};
use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{
    SecretId,
    barbican::NewSecret,
    portal::{Event, EventAction},
};
use std::{collections::HashMap, sync::Arc};

/// Milliseconds in which events are collected before the list is read once. Storing a certificate
/// causes three.
const COLLECT: u32 = 150;

/// The certificates; a handle.
#[derive(Clone, Copy)]
pub struct Certificates {
    all: RwSignal<Vec<Arc<Certificate>>>,
    loading: RwSignal<Loading>,
    /// The time of the last update, in milliseconds since 1970.
    updated: RwSignal<Option<f64>>,
    work: StoredValue<Work>,
    opening: StreamOpening,
}

/// Work in progress; not reactive.
#[derive(Default)]
struct Work {
    /// Increases with every change of user or project, so that earlier answers are ignored.
    epoch: u32,
    /// Shown as being deleted before the request is sent, with their actual status.
    deleting: HashMap<SecretId, String>,
    timer_set: bool,
    list_again: bool,
    /// Reads the list again, set once a page needs it. A function that is only found here is part
    /// of the chunk of those pages, not of the first download.
    list: Option<fn(Certificates)>,
}

impl Certificates {
    pub(super) fn new(opening: StreamOpening) -> Self {
        Self {
            all: RwSignal::default(),
            loading: RwSignal::default(),
            updated: RwSignal::new(None),
            work: StoredValue::default(),
            opening,
        }
    }

    /// The state of reading the list.
    pub fn loading(self) -> Loading {
        self.loading.get()
    }

    /// The time of the last update, in milliseconds since 1970.
    pub fn updated(self) -> Option<f64> {
        self.updated.get()
    }

    /// All certificates, unordered; reactive.
    pub fn with<T>(self, work: impl FnOnce(&[Arc<Certificate>]) -> T) -> T {
        self.all.with(|all| work(all))
    }

    /// A certificate. Follows every change, so read it in a `Memo`.
    pub fn get(self, id: SecretId) -> Option<Arc<Certificate>> {
        self.with(|all| all.iter().find(|one| one.id == id).cloned())
    }

    /// Reads the list unless it has been read.
    pub fn ensure_listed(self) {
        let loading = self.loading.get_untracked();
        if !loading.listed && !loading.busy {
            self.list();
        }
    }

    /// Reads the list again.
    pub fn list(self) {
        if self.loading.with_untracked(|loading| loading.busy) {
            self.work.update_value(|work| work.list_again = true);
            return;
        }
        self.work.update_value(|work| work.list = Some(Self::list));
        self.loading.update(|loading| loading.busy = true);
        let epoch = self.epoch();
        spawn_local(async move {
            self.opening.wait().await;
            if self.epoch() != epoch {
                return;
            }
            let answer = read_all().await;
            if self.epoch() != epoch {
                return;
            }
            self.loading.update(|loading| {
                loading.busy = false;
                loading.listed |= answer.is_ok();
                // A 401 is handled by the session.
                loading.error = answer.as_ref().err().filter(|e| e.status != 401).cloned();
            });
            if let Ok(now) = answer {
                self.take(now);
            }
            let again = self.work.try_update_value(|work| std::mem::take(&mut work.list_again));
            if again == Some(true) {
                self.list();
            }
        });
    }

    /// Unchanged certificates keep their `Arc`, so that their rows are not drawn again.
    fn take(self, now: Vec<Certificate>) {
        self.all.update(|all| {
            let known: HashMap<_, _> = all.drain(..).map(|one| (one.id, one)).collect();
            let now = now.into_iter().map(|mut one| {
                self.work.update_value(|work| {
                    if let Some(status) = work.deleting.get_mut(&one.id) {
                        *status = std::mem::replace(&mut one.status, Certificate::DELETING.into());
                    }
                });
                one
            });
            let kept = now.map(|one| match known.get(&one.id) {
                Some(known) if **known == one => known.clone(),
                _ => Arc::new(one),
            });
            *all = kept.collect();
        });
        self.updated.set(Some(Date::now()));
    }

    /// Stores a certificate with its metadata, private to its creator, and adds it to the list.
    ///
    /// # Errors
    /// The error of the service; nothing is stored then.
    pub async fn create(
        self,
        name: String,
        description: &str,
        facts: &CertificateMetadata,
        base64: String,
    ) -> std::result::Result<Arc<Certificate>, NotStored> {
        let mut metadata = facts.to_map();
        set_description(&mut metadata, description);
        let secret = NewSecret::bundle(name.clone(), base64);
        let (id, reference) = client::barbican::store(&secret, metadata.clone()).await?;
        let created = Date::new_0().to_iso_string().as_string().unwrap_or_default();
        let created = created.get(..19).unwrap_or_default().to_owned();
        let one = Arc::new(Certificate::new(id, reference, name, created, &metadata));
        self.all.update(|all| {
            if all.iter().all(|known| known.id != id) {
                all.push(one.clone());
            }
        });
        self.list_soon();
        Ok(one)
    }

    /// Shows resources as being deleted before requests are sent, or as they were.
    pub fn set_deleting(self, ids: &[SecretId], deleting: bool) {
        self.all.update(|all| {
            for one in all.iter_mut().filter(|one| ids.contains(&one.id)) {
                let Certificate { id, status, .. } = Arc::make_mut(one);
                self.work.update_value(|work| {
                    if deleting {
                        let before = std::mem::replace(status, Certificate::DELETING.to_owned());
                        work.deleting.insert(*id, before);
                    } else if let Some(before) = work.deleting.remove(id) {
                        *status = before;
                    }
                });
            }
        });
    }

    /// Deletes a certificate.
    ///
    /// # Errors
    /// What the service says.
    pub async fn delete(self, id: SecretId) -> Result<()> {
        match client::barbican::delete(id).await {
            // Already deleted.
            Err(error) if error.status != 404 => return Err(error),
            _ => self.all.update(|all| all.retain(|one| one.id != id)),
        }
        Ok(())
    }

    /// Stores a PEM file as a secret, private to the user, and returns its reference. It is no
    /// certificate of a listener, so it is not listed among them.
    ///
    /// # Errors
    /// The error of the service.
    pub async fn store_pem(self, name: String, pem: String) -> Result<String> {
        client::barbican::store_text(name, pem).await
    }

    /// Discards everything, for another user or project. Returns whether anything had been read, or
    /// was being read.
    ///
    /// Whether any had been read, or was being read.
    pub(super) fn forget(self) -> bool {
        self.work.update_value(|work| {
            *work = Work { epoch: work.epoch + 1, list: work.list, ..Work::default() };
        });
        self.all.set(Vec::new());
        let loading = self.loading.get_untracked();
        self.loading.set(Loading::default());
        self.updated.set(None);
        loading.listed || loading.busy
    }

    /// Reads again what the page shows, after events were missed.
    pub(super) fn resync(self) {
        self.list_anew();
    }

    /// Handles an event of a secret.
    pub(super) fn on_event(self, event: &Event) {
        let id = SecretId(event.id);
        if event.action == EventAction::Deleted {
            if self.all.with_untracked(|all| all.iter().any(|one| one.id == id)) {
                self.all.update(|all| all.retain(|one| one.id != id));
            }
        } else {
            self.list_soon();
        }
    }

    /// Reads the list again if a page needs it.
    fn list_anew(self) {
        if let Some(list) = self.work.with_value(|work| work.list) {
            list(self);
        }
    }

    fn list_soon(self) {
        let set = self.work.try_update_value(|work| std::mem::replace(&mut work.timer_set, true));
        if set == Some(false) {
            let epoch = self.epoch();
            Timeout::new(COLLECT, move || {
                if self.epoch() == epoch {
                    self.work.update_value(|work| work.timer_set = false);
                    self.list_anew();
                }
            })
            .forget();
        }
    }

    fn epoch(self) -> u32 {
        self.work.with_value(|work| work.epoch)
    }
}

async fn read_all() -> Result<Vec<Certificate>> {
    let (secrets, summaries) =
        futures::try_join!(client::barbican::secrets(), client::portal::certificates())?;
    let metadata: HashMap<_, _> = summaries.into_iter().map(|one| (one.id, one.metadata)).collect();
    // A cloud may list secrets of other users. The user cannot use them, and the metadata endpoint
    // returns only their own.
    let own = secrets.into_iter().filter_map(|secret| {
        let id = secret.id()?;
        Some(Certificate::of(id, secret, metadata.get(&id)?))
    });
    Ok(own.collect())
}
