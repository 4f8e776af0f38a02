//! The state of the wizard: input, and the result of the worker.
//!
//! Files stay on the disk and keys in the worker: the page has file handles and a summary.

use super::labels;
use crate::{
    client::{
        barbican::NotStored,
        certificate_worker::{NotOpened, Part, Worker},
    },
    i18n::{I18nContext, LiveText, Locale, errors, t_string},
    store::{Store, certificates::Certificate},
};
use certificate::{CertificateMetadata, INPUT_MAX_BYTES, OpenError, Opened};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use openstack_types::field;
use std::{rc::Rc, sync::Arc, time::Duration};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlElement};

/// How long after the last keystroke pasted text is opened.
const PAUSE: Duration = Duration::from_millis(350);

/// The state of the bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Inside {
    /// No input.
    #[default]
    Nothing,
    /// The worker is opening it.
    Opening,
    /// The user has cancelled.
    Stopped,
    /// It can be stored.
    Opened(Box<Opened>),
    /// The worker failed.
    Refused(OpenError),
    /// There is no worker.
    Broken,
}

/// The form; a handle.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    /// Pasted text.
    pub(super) pasted: RwSignal<String>,
    /// Chosen files.
    pub(super) files: RwSignal<Vec<File>, LocalStorage>,
    pub(super) passphrase: RwSignal<String>,
    /// The bundle needs a passphrase.
    pub(super) locked: RwSignal<bool>,
    pub(super) inside: RwSignal<Inside>,
    /// The user has left the name or tried to continue, so errors of the name are shown.
    pub(super) name_left: RwSignal<bool>,
    /// The user has tried to continue.
    submitted: RwSignal<bool>,
    /// The error of the service.
    pub(super) refused: RwSignal<Option<LiveText>>,
    pub(super) busy: RwSignal<bool>,
    /// It was stored.
    pub(super) done: RwSignal<bool>,
    worker: StoredValue<Option<Rc<Worker>>, LocalStorage>,
    /// Increases with every bundle, so that earlier answers are ignored.
    round: StoredValue<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
    i18n: I18nContext<Locale>,
    store: Store,
}

impl Form {
    /// An empty form. Starts the worker, so that it is ready when there is input.
    pub(super) fn new(i18n: I18nContext<Locale>, store: Store) -> Self {
        let form = Self {
            name: RwSignal::default(),
            description: RwSignal::default(),
            pasted: RwSignal::default(),
            files: RwSignal::new_local(Vec::new()),
            passphrase: RwSignal::default(),
            locked: RwSignal::default(),
            inside: RwSignal::default(),
            name_left: RwSignal::default(),
            submitted: RwSignal::default(),
            refused: RwSignal::default(),
            busy: RwSignal::default(),
            done: RwSignal::default(),
            worker: StoredValue::new_local(Worker::start().map(Rc::new)),
            round: StoredValue::default(),
            timer: StoredValue::default(),
            i18n,
            store,
        };
        on_cleanup(move || {
            form.stop_timer();
            // Stops the worker, and discards what it holds.
            form.worker.set_value(None);
        });
        form
    }

    /// Whether there is unsaved input.
    pub(super) fn is_changed(self) -> bool {
        let typed = [self.name, self.description, self.pasted];
        !self.done.get()
            && (typed.iter().any(|text| text.with(|text| !text.is_empty()))
                || self.files.with(|files| !files.is_empty()))
    }

    /// Whether it can be reviewed and stored.
    pub(super) fn is_ready(self) -> bool {
        self.name_error().is_none()
            && self.inside.with(|inside| matches!(inside, Inside::Opened(_)))
    }

    /// The opened bundle.
    pub(super) fn opened(self) -> Option<Opened> {
        self.inside.with(|inside| match inside {
            Inside::Opened(opened) => Some((**opened).clone()),
            _ => None,
        })
    }

    /// The error of the name, also while it is not shown yet.
    pub(super) fn name_error(self) -> Option<String> {
        let error = self.name.with(|name| field::required_name(name).err())?;
        Some(errors::field(self.i18n, &error))
    }

    /// Another certificate has the name.
    pub(super) fn is_name_taken(self) -> bool {
        let name = self.name.get();
        let name = name.trim();
        !name.is_empty()
            && !self.done.get()
            && self.store.certificates.with(|all| all.iter().any(|one| one.name.trim() == name))
    }

    /// The error of the bundle, once it is shown.
    pub(super) fn bundle_error(self) -> Option<String> {
        let i18n = self.i18n;
        self.inside.with(|inside| match inside {
            Inside::Nothing if self.submitted.get() => {
                Some(t_string!(i18n, errors.field_required).to_owned())
            }
            Inside::Stopped => Some(t_string!(i18n, certificates.unlock_cancelled).to_owned()),
            Inside::Broken => Some(t_string!(i18n, certificates.reader_failed).to_owned()),
            // Asked for, or rejected, at the passphrase.
            Inside::Refused(OpenError::PassphraseMissing | OpenError::PassphraseWrong) => None,
            Inside::Refused(error) => Some(labels::refusal(i18n, error)),
            Inside::Nothing | Inside::Opening | Inside::Opened(_) => None,
        })
    }

    pub(super) fn passphrase_error(self) -> Option<String> {
        self.inside.with(|inside| match inside {
            Inside::Refused(error @ OpenError::PassphraseWrong) => {
                Some(labels::refusal(self.i18n, error))
            }
            _ => None,
        })
    }

    /// Sets the pasted text, which is opened after a pause.
    pub(super) fn paste(self, text: String) {
        self.pasted.set(text);
        self.changed();
        let timer = set_timeout_with_handle(move || self.open(), PAUSE);
        self.timer.set_value(timer.ok());
    }

    /// Adds files, and opens the bundle.
    pub(super) fn add_files(self, new: Vec<File>) {
        self.files.update(|files| {
            files.retain(|file| new.iter().all(|other| other.name() != file.name()));
            files.extend(new);
        });
        self.changed();
        self.open();
    }

    /// Removes a file.
    pub(super) fn remove_file(self, name: &str) {
        self.files.update(|files| files.retain(|file| file.name() != name));
        self.changed();
        self.open();
    }

    /// Another bundle has another passphrase.
    fn changed(self) {
        self.stop_timer();
        self.passphrase.set(String::new());
        self.locked.set(false);
        self.refused.set(None);
        self.inside.set(Inside::Nothing);
        self.round.update_value(|round| *round += 1);
    }

    /// Opens the bundle in the worker.
    pub(super) fn open(self) {
        self.stop_timer();
        let mut parts: Vec<Part> =
            self.files.with_untracked(|files| files.iter().cloned().map(Part::File).collect());
        let mut bytes: f64 =
            self.files.with_untracked(|files| files.iter().map(|file| file.size()).sum());
        self.pasted.with_untracked(|text| {
            if !text.trim().is_empty() {
                bytes += text.len() as f64;
                parts.push(Part::Text(text.clone()));
            }
        });
        if parts.is_empty() {
            return;
        }
        // Files that are too large are not read.
        if bytes > INPUT_MAX_BYTES as f64 {
            let error = OpenError::TooLarge { bytes: bytes as usize, max: INPUT_MAX_BYTES };
            return self.inside.set(Inside::Refused(error));
        }
        let Some(worker) = self.worker() else { return self.inside.set(Inside::Broken) };
        self.inside.set(Inside::Opening);
        let round = self.round.try_update_value(|round| {
            *round += 1;
            *round
        });
        let passphrase = self.passphrase.get_untracked();
        spawn_local(async move {
            let answer = worker.open(parts, passphrase).await;
            // The input has changed meanwhile, or the page is closed.
            if self.round.try_get_value() == round {
                self.take(answer);
            }
        });
    }

    fn take(self, answer: Result<Opened, NotOpened>) {
        let most = self.store.info.with_untracked(|info| info.as_ref().map(|i| i.secret_max_bytes));
        let inside = match answer {
            Ok(opened) if most.is_some_and(|most| opened.payload_chars as u64 > most) => {
                let max = usize::try_from(most.unwrap_or_default()).unwrap_or(usize::MAX);
                Inside::Refused(OpenError::TooLarge { bytes: opened.payload_chars, max })
            }
            Ok(opened) => Inside::Opened(Box::new(opened)),
            Err(NotOpened::Refused(error)) => Inside::Refused(error),
            Err(NotOpened::Broken(_)) => {
                self.worker.set_value(None);
                Inside::Broken
            }
        };
        let locked = matches!(
            inside,
            Inside::Refused(OpenError::PassphraseMissing | OpenError::PassphraseWrong)
        );
        let unlocked = self.locked.get_untracked() && !locked;
        self.locked.set(locked);
        if !locked {
            self.passphrase.set(String::new());
        }
        let opened = matches!(inside, Inside::Opened(_));
        self.inside.set(inside);
        if locked {
            request_animation_frame(|| focus("certificate-passphrase"));
        } else if unlocked && opened {
            // The field of the passphrase is gone.
            request_animation_frame(|| {
                if let Some(shown) = document().get_element_by_id("certificate-contents")
                    && let Ok(shown) = shown.dyn_into::<HtmlElement>()
                {
                    // Fails only for an element that is no longer in the document.
                    let _ = shown.focus();
                }
            });
        }
        if locked {
            return;
        }
        if opened && self.name.with_untracked(|name| name.trim().is_empty()) {
            self.propose_name();
        }
    }

    /// Proposes the first domain name as the name.
    fn propose_name(self) {
        let name = self.opened().and_then(|opened| opened.summary.leaf.names.first().cloned());
        if let Some(name) = name {
            self.name.set(name.chars().take(field::NAME_MAX).collect());
        }
    }

    /// Cancels opening.
    pub(super) fn stop(self) {
        self.round.update_value(|round| *round += 1);
        // A busy worker gets no messages: it is stopped, and the next one is started when needed.
        self.worker.set_value(None);
        self.inside.set(Inside::Stopped);
    }

    fn worker(self) -> Option<Rc<Worker>> {
        if self.worker.with_value(Option::is_none) {
            self.worker.set_value(Worker::start().map(Rc::new));
        }
        self.worker.get_value()
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// Whether the form is valid. If not, shows the errors and focuses the first.
    pub(super) fn submit(self) -> bool {
        self.name_left.set(true);
        self.submitted.set(true);
        if self.is_ready() {
            return true;
        }
        let locked = self.locked.get_untracked();
        if locked && self.passphrase.with_untracked(|text| !text.is_empty()) {
            self.open();
        }
        let place = match (untrack(|| self.name_error()).is_some(), locked) {
            (_, true) => "certificate-passphrase",
            (true, false) => "certificate-name",
            (false, false) => "certificate-bundle",
        };
        focus(place);
        false
    }

    /// Stores it, and discards the input; `None` on failure, which is then shown.
    pub(super) async fn store(self) -> Option<Arc<Certificate>> {
        let opened = untrack(|| self.opened())?;
        if self.busy.get_untracked() {
            return None;
        }
        self.busy.set(true);
        self.refused.set(None);
        let refused = match self.opened_bundle().await {
            None => {
                let i18n = self.i18n;
                Err(LiveText::new(move || t_string!(i18n, certificates.reader_failed).to_owned()))
            }
            Some(base64) => {
                let name = self.name.get_untracked().trim().to_owned();
                let description = self.description.get_untracked();
                let facts = CertificateMetadata::from_summary(&opened.summary);
                let certificates = self.store.certificates;
                let answer = certificates.create(name, description.trim(), &facts, base64).await;
                answer.map_err(|error| self.error_text(error))
            }
        };
        // The page may be gone by now.
        self.busy.try_set(false);
        match refused {
            Err(text) => {
                self.refused.try_set(Some(text));
                None
            }
            Ok(created) => {
                self.done.try_set(true);
                self.pasted.try_set(String::new());
                self.files.try_set(Vec::new());
                self.worker.try_set_value(None);
                Some(created)
            }
        }
    }

    async fn opened_bundle(self) -> Option<String> {
        let worker = self.worker.get_value()?;
        worker.bundle().await.ok().filter(|base64| !base64.is_empty())
    }

    fn error_text(self, error: NotStored) -> LiveText {
        let i18n = self.i18n;
        LiveText::new(move || match &error {
            NotStored::Refused(error) => errors::explain(i18n, error),
            NotStored::LeftBehind(id, error) => {
                let reason = errors::explain(i18n, error);
                let left = t_string!(i18n, certificates.cleanup_failed, id = *id).to_string();
                format!("{reason} {left}")
            }
        })
    }
}

/// Focuses an element, or the control in it.
pub(super) fn focus(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let control = element.query_selector("input, textarea, button").ok().flatten();
    if let Ok(element) = control.unwrap_or(element).dyn_into::<HtmlElement>() {
        // Fails only for an element that is no longer in the document.
        let _ = element.focus();
    }
}
