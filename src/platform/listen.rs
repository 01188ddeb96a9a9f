//! An event listener that is removed when its owner drops it.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, convert::FromWasmAbi};
use web_sys::{AddEventListenerOptions, EventTarget};

/// Listens as long as it lives.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    closure: Box<dyn AsRef<wasm_bindgen::JsValue>>,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Listener({})", self.event)
    }
}

impl Listener {
    /// Calls `react` for each `event` at `target`; it may prevent the browser's own reaction.
    pub(crate) fn new<E>(
        target: &EventTarget,
        event: &'static str,
        react: impl FnMut(E) + 'static,
    ) -> Self
    where
        E: FromWasmAbi + 'static,
    {
        let closure = Closure::<dyn FnMut(E)>::new(react);
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event,
            closure.as_ref().unchecked_ref(),
            &options,
        );
        Self {
            target: target.clone(),
            event,
            closure: Box::new(closure),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = (*self.closure).as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.event, function);
    }
}
