//! The stream of changes: `GET /portal/events`.
//!
//! The browser connects anew by itself after a broken connection. It gives up after an answer that
//! is no stream (a proxy's 502, a 401); then this tries again, more and more seldom.

use super::{objects, request};
use gloo_timers::callback::Timeout;
use js_sys::Math;
use openstack_types::portal::{EXPECTED_SESSION_PARAMETER, Event};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{EventSource, MessageEvent};

const PATH: &str = "/portal/events";
/// Milliseconds before the first try of our own; doubled from try to try.
const FIRST_WAIT: u32 = 1_000;
/// Milliseconds between tries at most.
const LONGEST_WAIT: u32 = 30_000;

/// What the stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Connected; what happened before has not been told.
    Hello,
    /// A change.
    Change(Box<Event>),
    /// The stream has left something out.
    Resync,
    /// The connection is gone; it is being tried again.
    Lost {
        /// The server answers, but not with a stream: perhaps nobody is signed in any more.
        refused: bool,
    },
}

/// A stream that is open until this is dropped.
pub struct Stream(Rc<RefCell<Inner>>);

impl Stream {
    /// Opens the stream; `on_message` hears everything it says.
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
    /// Kept as long as the source may call them.
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
    let tell = inner.borrow().on_message.clone();

    let hello = {
        let (inner, tell) = (Rc::downgrade(inner), tell.clone());
        Closure::new(move |_| {
            if let Some(inner) = inner.upgrade() {
                inner.borrow_mut().wait = FIRST_WAIT;
            }
            tell(Message::Hello);
        })
    };
    let change = {
        let tell = tell.clone();
        Closure::new(move |message: MessageEvent| {
            let event = message.data().as_string().map(|text| objects::from_str(&text));
            match event {
                Some(Ok(event)) => tell(Message::Change(Box::new(event))),
                // What cannot be read may have been anything: list again.
                _ => tell(Message::Resync),
            }
        })
    };
    let resync = {
        let tell = tell.clone();
        Closure::new(move |_| tell(Message::Resync))
    };
    let on_error = {
        let (inner, source) = (Rc::downgrade(inner), source.clone());
        Closure::new(move || {
            let refused = source.ready_state() == EventSource::CLOSED;
            if refused && let Some(inner) = inner.upgrade() {
                retry_later(&inner);
            }
            tell(Message::Lost { refused });
        })
    };

    let listeners: [Closure<dyn FnMut(MessageEvent)>; 3] = [hello, change, resync];
    for (name, listener) in ["hello", "change", "resync"].into_iter().zip(&listeners) {
        // Fails only for a target that is no event target.
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    }
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    inner.borrow_mut().connection =
        Some(Connection { source, _listeners: listeners, _on_error: on_error });
}

/// Waits, somewhat differently in each browser, so that a server that comes back is not met by all
/// of them in one moment.
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
