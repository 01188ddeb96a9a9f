//! The page's beginning: the run that plays on load, the animation loop, the listeners.

use super::{App, Shell, links, recent};
use crate::platform::listen::Listener;
use crate::platform::raf::Raf;
use crate::platform::theme::Theme;
use crate::platform::{dom, panic, storage};
use crate::ui::bench::BenchMsg;
use crate::ui::msg::Msg;
use crate::ui::scenarios::{self, Loaded};
use crate::ui::seen::Seen;
use crate::ui::session::{Offer, Session, Told};
use crate::ui::text::t;
use crate::ui::visit::Visit;
use gloo_timers::callback::Timeout;
use millrace_engine::design::file;
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, Element, Event, EventTarget, VisibilityState};
use yew::prelude::*;

/// The panels are looked at no more often than this [ms].
const SEEN_MS: f64 = 100.0;

/// The same for each node of a large design [ms].
const NODE_MS: f64 = 0.8;

/// When the run that the page opens with is kept [ms].
const KEEP_MS: u32 = 5_000;

/// What the page opens with, worked out before it is mounted.
#[derive(Clone, Properties)]
pub(crate) struct Opening {
    opened: Rc<RefCell<Option<Opened>>>,
}

/// The run, what is wrong with the link that the page was opened by, and whether this is a first visit.
struct Opened {
    loaded: Loaded,
    first: bool,
    problems: Option<Vec<Problem>>,
}

impl PartialEq for Opening {
    /// There is one.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.opened, &other.opened)
    }
}

impl Opening {
    /// By the link, the run that was kept last, or the first scenario.
    fn new() -> Self {
        let (linked, problems) = match links::linked() {
            Some(Ok(loaded)) => (Some(loaded), None),
            Some(Err(problems)) => (None, Some(problems)),
            None => (None, None),
        };
        let own = linked.or_else(|| last_run().map(scenarios::own));
        let first = own.is_none();
        let loaded = own.unwrap_or_else(scenarios::first);
        let opened = Opened {
            loaded,
            first,
            problems,
        };
        Self {
            opened: Rc::new(RefCell::new(Some(opened))),
        }
    }
}

/// Opens the page in the element `root`, in two steps between which the browser can paint and answer: the run is
/// loaded, and then the page is mounted.
pub(crate) fn open(root: Element) {
    let opening = Opening::new();
    let mount = move || {
        yew::Renderer::<App>::with_root_and_props(root, opening).render();
    };
    Timeout::new(0, mount).forget();
}

impl App {
    /// The page as it opens.
    pub(super) fn begin(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|msg: Msg| msg);
        let opened = ctx.props().opened.take();
        let Opened {
            loaded,
            first,
            problems,
        } = opened.expect("the page is mounted once");
        let visit = if first {
            Visit::first()
        } else {
            Visit::default()
        };
        let first = visit.is_on();
        let left = recent::was_worked_on();
        let kept = recent::keep_last();
        let theme = Theme::remembered();
        theme.apply();
        let (scenario, act) = (loaded.scenario, loaded.act);
        let mut session = Session::new(loaded.run, visit, true);
        session.plays(loaded.played);
        session.was_saved(loaded.saved);
        let session = Rc::new(RefCell::new(session));
        keep_soon(&session);
        let shell = Shell {
            scenario: scenario.into(),
            act: act.into(),
            theme,
            inspector: !first && !is_narrow(),
            charts: !first && !is_narrow(),
            ledger: !first && !is_narrow(),
            chosen: (!first).then(|| AttrValue::from("stream")),
            palette: !first && !is_narrow() && storage::get("palette").as_deref() == Some("open"),
            keys_on: storage::get("keys").as_deref() != Some("off"),
            ..Shell::default()
        };
        session.borrow_mut().starts(&shell.scenario);
        session.borrow_mut().restage(shell.theme.is_dark());
        let mut app = Self {
            _loop: animate(Rc::clone(&session), send.clone()),
            _listeners: listen(&send),
            session,
            shell,
            seen: Seen::default(),
            guides: millrace_engine::base::sorted::SortedMap::new(),
            waiting: None,
            between: None,
            clip: None,
            send,
            focus_before: String::new(),
            focus_next: None,
            focus_tries: 0,
        };
        app.look();
        if left {
            app.tell_of(if kept {
                Told {
                    lines: vec![t("recent.hint").to_owned()],
                    offer: Some(Offer::LeftOff),
                }
            } else {
                Told::of(t("recent.large"))
            });
        }
        if let Some(problems) = problems {
            app.tell_problems(&problems);
        }
        app
    }
}

/// Keeps the run that the page opens with, for a panic: at once if nothing else has it, otherwise when the first
/// moments have passed, in which there is enough to do. An act keeps it before.
fn keep_soon(session: &Rc<RefCell<Session>>) {
    if asked_for_last() {
        session.borrow().keep();
        return;
    }
    panic::forget();
    let session = Rc::downgrade(session);
    let keep = move || {
        if let Some(session) = session.upgrade().filter(|_| !panic::dead()) {
            session.borrow().keep();
        }
    };
    Timeout::new(KEEP_MS, keep).forget();
}

fn asked_for_last() -> bool {
    let search = dom::window().location().search();
    search.is_ok_and(|search| search == panic::LAST)
}

/// The run that was kept last, if the address asks for it.
fn last_run() -> Option<Run> {
    if !asked_for_last() {
        return None;
    }
    let file = file::read(&panic::kept()?).ok()?;
    Run::restore(file).ok()
}

/// Whether the page is one column wide.
pub(super) fn is_narrow() -> bool {
    dom::matches("(max-width: 760px)")
}

/// The one loop: steps, draws, and ten times a second tells the panels what changed.
fn animate(session: Rc<RefCell<Session>>, send: Callback<Msg>) -> Raf {
    let mut last = Seen::default();
    let mut next_ms = 0.0;
    let mut begun = 0_u8;
    Raf::start(move |now_ms| {
        // The first frames do one thing each, so that none is long on a slow machine: the browser lays out what was
        // mounted; the stage is drawn as it stands; then it plays.
        if begun < 2 {
            if begun == 1 {
                session.borrow_mut().draw_first(now_ms);
            }
            begun += 1;
            return;
        }
        let mut told = None;
        let mut seen = None;
        let mut menu = None;
        {
            let mut session = session.borrow_mut();
            let due = now_ms >= next_ms;
            let panels = due || session.is_hasty();
            session.tick(now_ms, panels);
            panic::note_time(session.frame.start_us, session.frame.at);
            #[cfg(feature = "test-hooks")]
            crate::platform::hooks::frame();
            session.draw(now_ms);
            if due || session.is_hasty() {
                // a large design has as many elements beside the canvas, and takes longer to look at
                next_ms = now_ms + SEEN_MS.max(session.frame.nodes.len() as f64 * NODE_MS);
                let fresh = session.seen(now_ms);
                if fresh != last {
                    last = fresh.clone();
                    seen = Some(fresh);
                }
                told = session.told.take();
            }
            menu = session.rested(now_ms).or(menu);
        }
        // Sent when nothing is borrowed: a message may be handled at once.
        if let Some(seen) = seen {
            send.emit(Msg::Seen(Box::new(seen)));
        }
        if let Some(told) = told {
            send.emit(Msg::Tell(told));
        }
        if let Some(at) = menu {
            send.emit(Msg::Bench(BenchMsg::MenuAt(at.x, at.y)));
        }
    })
}

fn listen(send: &Callback<Msg>) -> Vec<Listener> {
    let (window, document) = (dom::window(), dom::document());
    let to = |send: &Callback<Msg>| send.clone();
    let mut all = vec![
        resized(&window, to(send)),
        hidden(&document, to(send)),
        followed(&window, to(send)),
        keys(&document, to(send)),
        pasted(&document, to(send)),
    ];
    all.extend(drops(&window, send));
    #[cfg(feature = "test-hooks")]
    {
        let send = to(send);
        all.extend(crate::platform::hooks::install(move || {
            send.emit(Msg::Panic)
        }));
    }
    all.extend(["pointerdown", "focusin"].map(|event| outside(&document, event, to(send))));
    if let Ok(Some(list)) = window.match_media("(prefers-color-scheme: dark)") {
        let send = to(send);
        all.push(Listener::new(&list, "change", move |_: Event| {
            send.emit(Msg::Surroundings)
        }));
    }
    all
}

fn resized(window: &EventTarget, send: Callback<Msg>) -> Listener {
    Listener::new(window, "resize", move |_: Event| {
        send.emit(Msg::Surroundings)
    })
}

fn hidden(document: &EventTarget, send: Callback<Msg>) -> Listener {
    Listener::new(document, "visibilitychange", move |_: Event| {
        let hidden = dom::document().visibility_state() == VisibilityState::Hidden;
        send.emit(Msg::Hidden(hidden));
    })
}

/// A link was followed, or pasted, in the open page.
fn followed(window: &EventTarget, send: Callback<Msg>) -> Listener {
    Listener::new(window, "hashchange", move |_: Event| send.emit(Msg::Linked))
}

fn keys(document: &EventTarget, send: Callback<Msg>) -> Listener {
    Listener::new(document, "keydown", move |event: KeyboardEvent| {
        if let Some(key) = super::keys::wanted(&event) {
            if key != "Escape" {
                event.prevent_default();
            }
            send.emit(Msg::Key(key));
        }
    })
}

/// Text is pasted where no field takes it: perhaps parts of a design.
fn pasted(document: &EventTarget, send: Callback<Msg>) -> Listener {
    Listener::new(document, "paste", move |event: ClipboardEvent| {
        let target = event.target().and_then(|at| at.dyn_into::<Element>().ok());
        let field =
            target.and_then(|at| at.closest("input, textarea, select, dialog").ok().flatten());
        if field.is_none() {
            let text = event
                .clipboard_data()
                .and_then(|data| data.get_data("text/plain").ok());
            event.prevent_default();
            send.emit(Msg::Bench(BenchMsg::Paste(text)));
        }
    })
}

/// What opened above the page closes when the pointer or the focus goes elsewhere.
fn outside(document: &EventTarget, event: &'static str, send: Callback<Msg>) -> Listener {
    Listener::new(document, event, move |event: Event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let inside = target.and_then(|target| {
            target
                .closest(".menu, .seed, .scenes, .part-menu, #part-menu-open")
                .ok()
                .flatten()
        });
        if inside.is_none() {
            send.emit(Msg::Outside);
        }
    })
}

/// Files dropped anywhere on the page.
fn drops(window: &EventTarget, send: &Callback<Msg>) -> [Listener; 3] {
    use crate::platform::files;
    let (over, leave, drop) = (send.clone(), send.clone(), send.clone());
    [
        Listener::new(window, "dragover", move |event: DragEvent| {
            if files::drags_files(&event) {
                event.prevent_default();
                over.emit(Msg::Dragging(true));
            }
        }),
        Listener::new(window, "dragleave", move |event: DragEvent| {
            // Leaving the window has nowhere to go to.
            if event.related_target().is_none() {
                leave.emit(Msg::Dragging(false));
            }
        }),
        Listener::new(window, "drop", move |event: DragEvent| {
            event.prevent_default();
            drop.emit(Msg::Dragging(false));
            if let Some(file) = files::dropped(&event) {
                drop.emit(Msg::File(file));
            }
        }),
    ]
}
