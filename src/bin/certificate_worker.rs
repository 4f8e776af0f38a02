//! The web worker that opens certificates: PKCS#12 and PEM, with passphrases and private keys,
//! separate from the page. Loaded by `src/client/certificate_worker.rs`; it cannot reach the
//! network.
//!
//! A question is `[number, word, …]`, its answer `[number, text]`:
//! - `open`, a list of files and texts, a passphrase, seconds since 1970: JSON of a
//!   `Result<certificate::Opened, certificate::OpenError>`;
//! - `take`: base64 of the bundle that was opened last, to be stored; empty where none was.

use certificate::{Limits, OpenError, Opened, UnixSeconds, Zeroizing};
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

thread_local! {
    /// The last opened bundle, as it is stored.
    static PACKED: RefCell<Zeroizing<String>> = RefCell::default();
}

fn main() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let on_message = {
        let scope = scope.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            let scope = scope.clone();
            spawn_local(async move {
                let question: Array = message.data().unchecked_into();
                let answer = match question.get(1).as_string().as_deref() {
                    Some("open") => {
                        let answer = open(&question).await;
                        serde_json::to_string(&answer).unwrap_or_default()
                    }
                    _ => PACKED.with_borrow(|packed| packed.as_str().to_owned()),
                };
                // Fails only for values that cannot be copied to another thread.
                let _ = scope.post_message(&Array::of2(&question.get(0), &answer.into()));
            });
        })
    };
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Kept while the worker runs.
    on_message.forget();
}

async fn open(question: &Array) -> Result<Opened, OpenError> {
    PACKED.with_borrow_mut(|packed| *packed = Zeroizing::default());
    let parts: Array = question.get(2).unchecked_into();
    let passphrase = Zeroizing::new(question.get(3).as_string().unwrap_or_default());
    let now = UnixSeconds(question.get(4).as_f64().unwrap_or_default() as i64);
    let mut files = Vec::new();
    for part in parts.iter() {
        files.push(bytes(part).await.ok_or(OpenError::Damaged)?);
    }
    let files: Vec<&[u8]> = files.iter().map(|file| file.as_slice()).collect();
    let bundle = certificate::open(&files, Some(&passphrase), Limits::BROWSER)?;
    let warnings = bundle.check(now)?;
    let payload = bundle.to_base64()?;
    let opened = Opened { summary: bundle.summary(), warnings, payload_chars: payload.len() };
    PACKED.with_borrow_mut(|packed| *packed = payload);
    Ok(opened)
}

/// The content of a file or a text.
async fn bytes(part: JsValue) -> Option<Zeroizing<Vec<u8>>> {
    if let Some(text) = part.as_string() {
        return Some(Zeroizing::new(text.into_bytes()));
    }
    let file: Blob = part.dyn_into().ok()?;
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Zeroizing::new(Uint8Array::new(&buffer).to_vec()))
}
