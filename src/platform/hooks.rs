//! Ways to make the page fail, in a build for tests alone (feature `test-hooks`): an event of the document named
//! `panic-in-handler`, `panic-in-frame` or `panic-in-message` makes it panic there.

use super::dom::document;
use super::listen::Listener;
use std::cell::Cell;
use web_sys::Event;

thread_local!(static ASKED: Cell<bool> = const { Cell::new(false) });

/// Listens; `message` sends the message that panics.
pub(crate) fn install(message: impl Fn() + 'static) -> [Listener; 3] {
    let document = document();
    [
        Listener::new(&document, "panic-in-handler", |_: Event| {
            panic!("asked to panic in a handler")
        }),
        Listener::new(&document, "panic-in-frame", |_: Event| ASKED.set(true)),
        Listener::new(&document, "panic-in-message", move |_: Event| message()),
    ]
}

/// Called in each frame, while the session is borrowed.
pub(crate) fn frame() {
    assert!(!ASKED.get(), "asked to panic in a frame");
}
