//! The web worker that opens certificates, started where certificates are created and stopped with
//! the page.
//!
//! Typed text and chosen files go in; what may be shown comes out. The private key stays inside
//! until it is [taken](Worker::bundle) to be stored. The content security policy of the worker's
//! script forbids it the network, so this module fetches its program.

use certificate::{OpenError, Opened};
use gloo_net::http::Request;
use js_sys::{Array, Date, Function, Promise, Uint8Array};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{File, MessageEvent};

/// The script of the worker; see `public/`.
const LOADER: &str = "/certificate_worker_loader.js";
/// The element with the address of the program. The build writes it, since names in a release contain a hash.
const PROGRAM_SELECTOR: &str = "meta[name=certificate-worker]";

/// A part of a bundle.
#[derive(Clone)]
pub enum Part {
    /// A chosen file; the worker reads it.
    File(File),
    /// Pasted text.
    Text(String),
}

/// Why a bundle could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// The worker failed.
    Refused(OpenError),
    /// The worker did not start or has stopped.
    Broken(String),
}

/// A worker; stopped when this is dropped.
pub struct Worker {
    inner: Rc<Inner>,
    /// Kept while the worker may call them.
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(web_sys::Event)>,
}

struct Inner {
    thread: web_sys::Worker,
    ready: Promise,
    waiting: RefCell<HashMap<u32, (Function, Function)>>,
    next: RefCell<u32>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.inner.thread.set_onmessage(None);
        self.inner.thread.set_onerror(None);
        self.inner.thread.terminate();
    }
}

impl Worker {
    /// Starts a worker; `None` where the browser does not support it.
    pub fn start() -> Option<Self> {
        let thread = web_sys::Worker::new(LOADER).ok()?;
        let inner = Rc::new(Inner {
            ready: future_to_promise(load(thread.clone())),
            thread,
            waiting: RefCell::default(),
            next: RefCell::default(),
        });
        let on_message = {
            let inner = Rc::downgrade(&inner);
            Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
                if let Some(inner) = inner.upgrade() {
                    inner.receive(&message.data());
                }
            })
        };
        let on_error = {
            let inner = Rc::downgrade(&inner);
            Closure::<dyn Fn(web_sys::Event)>::new(move |_| {
                if let Some(inner) = inner.upgrade() {
                    inner.fail();
                }
            })
        };
        inner.thread.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        inner.thread.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { inner, _on_message: on_message, _on_error: on_error })
    }

    /// Opens a bundle and keeps it in place of the previous one.
    pub async fn open(
        self: Rc<Self>,
        parts: Vec<Part>,
        passphrase: String,
    ) -> Result<Opened, NotOpened> {
        let list = Array::new();
        for part in parts {
            list.push(&match part {
                Part::File(file) => file.into(),
                Part::Text(text) => text.into(),
            });
        }
        let now = (Date::now() / 1000.0).floor();
        let answer = self.request("open", &[list.into(), passphrase.into(), now.into()]).await?;
        let answer: Result<Opened, OpenError> =
            serde_json::from_str(&answer).map_err(|e| NotOpened::Broken(e.to_string()))?;
        answer.map_err(NotOpened::Refused)
    }

    /// The last opened bundle in base64, to be stored. The worker keeps it, so that storing can be
    /// retried.
    pub async fn bundle(self: Rc<Self>) -> Result<String, NotOpened> {
        self.request("take", &[]).await
    }

    async fn request(&self, operation: &str, arguments: &[JsValue]) -> Result<String, NotOpened> {
        let broken = |why: JsValue| NotOpened::Broken(why.as_string().unwrap_or_default());
        JsFuture::from(self.inner.ready.clone()).await.map_err(broken)?;
        let number = self.inner.next.replace_with(|number| number.wrapping_add(1));
        let message = Array::of2(&number.into(), &operation.into());
        for argument in arguments {
            message.push(argument);
        }
        let answer = Promise::new(&mut |done, failed| {
            self.inner.waiting.borrow_mut().insert(number, (done, failed));
        });
        self.inner.thread.post_message(&message).map_err(broken)?;
        let answer = JsFuture::from(answer).await.map_err(broken)?;
        answer.as_string().ok_or(NotOpened::Broken(String::new()))
    }
}

impl Inner {
    /// An answer is `[number, text]`.
    fn receive(&self, answer: &JsValue) {
        let Some(answer) = answer.dyn_ref::<Array>() else { return };
        let number = answer.get(0).as_f64().unwrap_or(-1.0) as u32;
        if let Some((done, _)) = self.waiting.borrow_mut().remove(&number) {
            // Fails only for a value that is not a function.
            let _ = done.call1(&JsValue::UNDEFINED, &answer.get(1));
        }
    }

    fn fail(&self) {
        for (_, (_, failed)) in self.waiting.borrow_mut().drain() {
            // Fails only for a value that is not a function.
            let _ = failed.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Fetches the program for the worker. Requests made meanwhile wait in its queue.
async fn load(thread: web_sys::Worker) -> Result<JsValue, JsValue> {
    let missing = || JsValue::from_str("the program for certificates is missing");
    let document = web_sys::window().and_then(|window| window.document()).ok_or_else(missing)?;
    let address =
        document.query_selector(PROGRAM_SELECTOR)?.and_then(|meta| meta.get_attribute("content"));
    let address = address.ok_or_else(missing)?;
    let lost = |e: gloo_net::Error| JsValue::from_str(&e.to_string());
    let answer = Request::get(&format!("{address}_bg.wasm")).send().await.map_err(lost)?;
    if !answer.ok() {
        return Err(missing());
    }
    let program = Uint8Array::from(answer.binary().await.map_err(lost)?.as_slice()).buffer();
    let message = Array::of2(&format!("{address}.js").into(), &program);
    thread.post_message_with_transfer(&message, &Array::of1(&program))?;
    Ok(JsValue::UNDEFINED)
}
