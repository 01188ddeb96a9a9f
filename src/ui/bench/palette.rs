//! The palette: services by family, to be dragged to the stage, or chosen and placed with the arrow keys.

use super::BenchMsg;
use crate::ui::bar::on;
use crate::ui::icons::{Icon, icon};
use crate::ui::inspector::glyph::Glyph;
use crate::ui::msg::Msg;
use crate::ui::text::{find, t};
use millrace_engine::catalog::Family;
use millrace_engine::services::ServiceKind;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// Id of the field that finds a service.
pub(crate) const FIND: &str = "palette-find";
/// How far a pointer may slip before an entry is dragged [CSS px].
const SLIP: f64 = 6.0;

/// What the palette shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PaletteProps {
    /// Whether it is open.
    pub(crate) open: bool,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The palette, or the strip that opens it.
#[component]
pub(crate) fn Palette(props: &PaletteProps) -> Html {
    let sought = use_state_eq(String::new);
    if !props.open {
        return html! {
            <section class="palette folded" aria-label={t("palette.name")}>
                <button type="button" class="strip" id="palette-open" aria-expanded="false"
                    onclick={on(&props.send, || Msg::Bench(BenchMsg::Palette(true)))}>
                    { icon(Icon::Plus) }<span>{ t("palette.name") }</span></button>
            </section>
        };
    }
    let oninput = {
        let sought = sought.clone();
        Callback::from(move |event: InputEvent| {
            sought.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let found: Vec<ServiceKind> = ServiceKind::ALL
        .iter()
        .copied()
        .filter(|kind| is_sought(*kind, &sought))
        .collect();
    html! {
        <section class="palette" aria-label={t("palette.name")}>
            <div class="palette-head">
                <input type="search" id={FIND} placeholder={t("palette.find")} aria-label={t("palette.find")}
                    autocomplete="off" value={(*sought).clone()} {oninput} />
                <button type="button" class="tool" aria-label={t("palette.close")} title={t("palette.close")}
                    onclick={on(&props.send, || Msg::Bench(BenchMsg::Palette(false)))}>{ icon(Icon::Close) }</button>
            </div>
            <p class="hint">{ t("palette.how") }</p>
            <div class="palette-list">
                { for Family::ALL.into_iter().map(|family| group(props, family, &found)) }
                if found.is_empty() {
                    <p class="hint">{ t("palette.nothing") }</p>
                }
            </div>
        </section>
    }
}

fn is_sought(kind: ServiceKind, sought: &str) -> bool {
    let entry = kind.entry();
    let about = find(&format!("palette.{}", entry.id)).unwrap_or_default();
    let family = t(&format!("family.{}", entry.family.key()));
    let text = format!("{} {} {about} {family}", entry.name, entry.id).to_lowercase();
    let sought = sought.to_lowercase();
    sought.split_whitespace().all(|word| text.contains(word))
}

fn group(props: &PaletteProps, family: Family, found: &[ServiceKind]) -> Html {
    let mut own = found
        .iter()
        .filter(|kind| kind.entry().family == family)
        .peekable();
    if own.peek().is_none() {
        return Html::default();
    }
    let name = t(&format!("family.{}", family.key()));
    html! {
        <section key={family.key()} aria-label={name}>
            <h2>{ name }</h2>
            { for own.map(|kind| html! {
                <Entry key={kind.entry().id} kind={Kind(*kind)} send={props.send.clone()} />
            }) }
        </section>
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Kind(ServiceKind);

#[derive(Clone, PartialEq, Properties)]
struct EntryProps {
    kind: Kind,
    send: Callback<Msg>,
}

/// A press: where it began, whether it became a drag, and which it is.
type Press = Rc<Cell<Option<(f64, f64, bool, u32)>>>;

thread_local! {
    /// Presses so far: each has a number of its own.
    static PRESSES: Cell<u32> = const { Cell::new(0) };
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

#[component]
fn Entry(props: &EntryProps) -> Html {
    let press: Rc<Press> = use_memo((), |()| Press::default());
    // what follows a drag is no click
    let dragged: Rc<Cell<bool>> = use_memo((), |()| Cell::new(false));
    let kind = props.kind.0;
    let entry = kind.entry();
    let down = {
        let (press, dragged) = (Rc::clone(&press), Rc::clone(&dragged));
        Callback::from(move |event: PointerEvent| {
            dragged.set(false);
            if event.is_primary() && event.button() == 0 {
                // the page's root hears all events: the entry is found from where the pointer is
                let target = event.target_unchecked_into::<Element>();
                if let Ok(Some(entry)) = target.closest(".part") {
                    let _ = entry.set_pointer_capture(event.pointer_id());
                }
                let (x, y) = place(&event);
                PRESSES.set(PRESSES.get().wrapping_add(1));
                press.set(Some((x, y, false, PRESSES.get())));
            }
        })
    };
    let moved = {
        let (press, send) = (Rc::clone(&press), props.send.clone());
        Callback::from(move |event: PointerEvent| {
            let Some((x0, y0, drags, number)) = press.get() else {
                return;
            };
            let (x, y) = place(&event);
            if drags || (x - x0).hypot(y - y0) > SLIP {
                press.set(Some((x0, y0, true, number)));
                send.emit(Msg::Bench(BenchMsg::Carry(kind, x, y, number)));
            }
        })
    };
    let up = {
        let (press, dragged, send) = (Rc::clone(&press), Rc::clone(&dragged), props.send.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some((_, _, true, _)) = press.take() {
                dragged.set(true);
                send.emit(Msg::Bench(BenchMsg::Drop));
            }
        })
    };
    let cancelled = {
        let (press, send) = (Rc::clone(&press), props.send.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some((_, _, true, _)) = press.take() {
                send.emit(Msg::Bench(BenchMsg::LetGo));
            }
        })
    };
    let onclick = {
        let (dragged, send) = (Rc::clone(&dragged), props.send.clone());
        Callback::from(move |_: MouseEvent| {
            if !dragged.replace(false) {
                send.emit(Msg::Bench(BenchMsg::Place(kind)));
            }
        })
    };
    let about = find(&format!("palette.{}", entry.id));
    html! {
        <button type="button" class="part" data-service={entry.id} title={about} onpointerdown={down}
            onpointermove={moved} onpointerup={up} onpointercancel={cancelled} {onclick}>
            <Glyph service={entry.id} family={entry.family.key()} />
            <span>{ entry.name }</span>
        </button>
    }
}
