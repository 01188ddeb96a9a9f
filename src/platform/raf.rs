//! The page's one animation loop: calls back before each repaint until it is dropped.

use super::dom::window;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

type Tick = Closure<dyn FnMut(f64)>;

/// A running loop.
pub(crate) struct Raf {
    pending: Rc<Cell<i32>>,
    tick: Rc<RefCell<Option<Tick>>>,
}

impl std::fmt::Debug for Raf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raf({})", self.pending.get())
    }
}

fn request(tick: &Tick) -> i32 {
    window()
        .request_animation_frame(tick.as_ref().unchecked_ref())
        .unwrap_or(0)
}

impl Raf {
    /// Calls `each` with the frame's time [ms] before each repaint.
    pub(crate) fn start(mut each: impl FnMut(f64) + 'static) -> Self {
        let pending = Rc::new(Cell::new(0));
        let tick: Rc<RefCell<Option<Tick>>> = Rc::default();
        let (again, next) = (Rc::downgrade(&tick), Rc::clone(&pending));
        let closure = Tick::new(move |at: f64| {
            if super::panic::dead() {
                return;
            }
            each(at);
            // Gone if the owner dropped the loop while it ran.
            if let Some(tick) = again.upgrade()
                && let Some(tick) = tick.borrow().as_ref()
            {
                next.set(request(tick));
            }
        });
        pending.set(request(&closure));
        *tick.borrow_mut() = Some(closure);
        Self { pending, tick }
    }
}

impl Drop for Raf {
    fn drop(&mut self) {
        let _ = window().cancel_animation_frame(self.pending.get());
        // The closure may be running: it is freed by the next turn, not under its own feet.
        if let Some(closure) = self.tick.borrow_mut().take() {
            gloo_timers::callback::Timeout::new(0, move || drop(closure)).forget();
        }
    }
}
