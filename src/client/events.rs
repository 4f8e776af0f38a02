//! The event stream: `GET /portal/events`.
//!
//! The browser reconnects by itself after a broken connection. It gives up after an answer that is
//! no event stream (a proxy's 502, a 401); then this module retries with increasing delays.

use super::{objects, request};
use gloo_timers::callback::Timeout;
use js_sys::Math;
use openstack_types::portal::{EXPECTED_SESSION_PARAMETER, Event};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{EventSource, MessageEvent};

const PATH: &str = "/portal/events";
/// Milliseconds before the first retry; doubled for each further one.
const FIRST_WAIT: u32 = 1_000;
/// The longest delay between retries, in milliseconds.
const LONGEST_WAIT: u32 = 30_000;

/// A message of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Connected. Earlier events were not sent.
    Hello,
    /// A resource has changed.
    Change(Box<Event>),
    /// The server has dropped events.
    Resync,
    /// The connection is lost; it is being retried.
    Lost {
        /// The server answers, but not with a stream; the session may have ended.
        refused: bool,
    },
}

/// An open stream; closed when this is dropped.
pub struct Stream(Rc<RefCell<Inner>>);

impl Stream {
    /// Opens the stream; calls `on_message` for every message.
    pub fn open(on_message: impl Fn(Message) + 'static) -> Self {
        let inner = Rc::new(RefCell::new(Inner {
            connection: None,
            retry: None,
            wait: FIRST_WAIT,
            on_message: Rc::new(on_message),
        }));
        connect(&inner);
        Self(inner)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut inner = self.0.borrow_mut();
        inner.connection = None;
        inner.retry = None;
    }
}

struct Inner {
    connection: Option<Connection>,
    retry: Option<Timeout>,
    wait: u32,
    on_message: Rc<dyn Fn(Message)>,
}

struct Connection {
    source: EventSource,
    /// Kept while the source may call them.
    _listeners: [Closure<dyn FnMut(MessageEvent)>; 3],
    _on_error: Closure<dyn FnMut()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.source.set_onerror(None);
        self.source.close();
    }
}

fn connect(inner: &Rc<RefCell<Inner>>) {
    let session = request::expected_session();
    let Ok(source) = EventSource::new(&format!("{PATH}?{EXPECTED_SESSION_PARAMETER}={session}"))
    else {
        return retry_later(inner);
    };
    let notify = inner.borrow().on_message.clone();

    let hello = {
        let (inner, notify) = (Rc::downgrade(inner), notify.clone());
        Closure::new(move |_| {
            if let Some(inner) = inner.upgrade() {
                inner.borrow_mut().wait = FIRST_WAIT;
            }
            notify(Message::Hello);
        })
    };
    let change = {
        let notify = notify.clone();
        Closure::new(move |message: MessageEvent| {
            let event = message.data().as_string().map(|text| objects::from_str(&text));
            match event {
                Some(Ok(event)) => notify(Message::Change(Box::new(event))),
                // An unreadable event may be of any resource, so all are listed again.
                _ => notify(Message::Resync),
            }
        })
    };
    let resync = {
        let notify = notify.clone();
        Closure::new(move |_| notify(Message::Resync))
    };
    let on_error = {
        let (inner, source) = (Rc::downgrade(inner), source.clone());
        Closure::new(move || {
            let refused = source.ready_state() == EventSource::CLOSED;
            if refused && let Some(inner) = inner.upgrade() {
                retry_later(&inner);
            }
            notify(Message::Lost { refused });
        })
    };

    let listeners: [Closure<dyn FnMut(MessageEvent)>; 3] = [hello, change, resync];
    for (name, listener) in ["hello", "change", "resync"].into_iter().zip(&listeners) {
        // Fails only for a value that is not an event target.
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    }
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    inner.borrow_mut().connection =
        Some(Connection { source, _listeners: listeners, _on_error: on_error });
}

/// Waits with random jitter, so that not all browsers reconnect to a restarted server at once.
fn retry_later(inner: &Rc<RefCell<Inner>>) {
    let weak = Rc::downgrade(inner);
    let mut inner = inner.borrow_mut();
    let wait = f64::from(inner.wait) * (0.75 + Math::random() / 2.0);
    inner.wait = (inner.wait * 2).min(LONGEST_WAIT);
    inner.retry = Some(Timeout::new(wait as u32, move || {
        if let Some(inner) = weak.upgrade() {
            connect(&inner);
        }
    }));
}
