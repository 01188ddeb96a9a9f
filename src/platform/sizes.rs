//! Sizes of elements, told by the browser when they change. Asking for one in a frame makes the browser lay out at once
//! all that has changed, and again at the end of the frame.

use super::dom;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// An element that is watched as long as this lives.
pub(crate) struct Watched {
    element: Element,
    size: Rc<Cell<(f64, f64)>>,
    observer: Option<ResizeObserver>,
    _told: Closure<dyn FnMut()>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watched({:?})", self.size.get())
    }
}

impl Watched {
    fn new(element: Element) -> Self {
        let size = Rc::new(Cell::new(dom::size(&element)));
        let told = {
            let (size, element) = (Rc::clone(&size), element.clone());
            // all has just been laid out
            Closure::<dyn FnMut()>::new(move || size.set(dom::size(&element)))
        };
        let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(&element);
        }
        Self {
            element,
            size,
            observer,
            _told: told,
        }
    }

    /// Width and height of the box of the element with this id [CSS px]; none while it is not in the page. `slot`
    /// keeps what watches it.
    pub(crate) fn size(slot: &mut Option<Self>, id: &str) -> Option<(f64, f64)> {
        let element = dom::by_id(id)?;
        if slot.as_ref().is_none_or(|own| own.element != element) {
            *slot = Some(Self::new(element));
        }
        slot.as_ref().map(|own| own.size.get())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
