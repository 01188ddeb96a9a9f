//! The menu of a node or wire: what can be done with it.

use super::BenchMsg;
use crate::platform::dom;
use crate::ui::bar::on;
use crate::ui::charts::ChartMsg;
use crate::ui::msg::{Msg, Tab};
use crate::ui::text::t;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// What the menu is about, and where it stands on the stage [px].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MenuOf {
    /// Id of the node or wire; `None` for the stage.
    pub(crate) id: Option<AttrValue>,
    /// Whether it is a wire.
    pub(crate) wire: bool,
    /// Whether wires can lead on from it.
    pub(crate) leads_on: bool,
    /// Left and top.
    pub(crate) at: (f64, f64),
}

/// What the menu shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MenuProps {
    /// What it is about.
    pub(crate) of: MenuOf,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

type Make = Box<dyn Fn() -> Msg>;

fn items(of: &MenuOf) -> Vec<(&'static str, Make)> {
    let mut items: Vec<(&'static str, Make)> = Vec::new();
    let Some(id) = of.id.clone() else {
        items.push(("menu.paste", Box::new(|| Msg::Bench(BenchMsg::Paste(None)))));
        items.push(("menu.all", Box::new(|| Msg::Bench(BenchMsg::All))));
        items.push(("menu.tidy", Box::new(|| Msg::Bench(BenchMsg::Tidy))));
        items.push(("menu.fit", Box::new(|| Msg::StageFit)));
        items.push((
            "menu.palette",
            Box::new(|| Msg::Bench(BenchMsg::Palette(true))),
        ));
        return items;
    };
    let with = |make: fn(AttrValue) -> Msg| -> Make {
        let id = id.clone();
        Box::new(move || make(id.clone()))
    };
    items.push(("menu.inspect", with(Msg::Choose)));
    if of.wire {
        items.push((
            "menu.remove",
            with(|id| Msg::Bench(BenchMsg::Remove(Some(id)))),
        ));
        return items;
    }
    if of.leads_on {
        items.push(("menu.wire", with(|id| Msg::Bench(BenchMsg::WireFrom(id)))));
    }
    items.push(("menu.live", with(|id| Msg::ChooseTab(id, Tab::Live))));
    items.push((
        "command.chart",
        with(|node| Msg::Chart(ChartMsg::Add { node, metric: None })),
    ));
    items.push((
        "menu.move",
        with(|id| Msg::Bench(BenchMsg::MoveByKeys(Some(id)))),
    ));
    items.push(("menu.pick", with(|id| Msg::Bench(BenchMsg::Pick(id)))));
    items.push(("menu.copy", Box::new(|| Msg::Bench(BenchMsg::Copy))));
    items.push((
        "menu.duplicate",
        Box::new(|| Msg::Bench(BenchMsg::Duplicate)),
    ));
    items.push((
        "menu.remove",
        with(|id| Msg::Bench(BenchMsg::Remove(Some(id)))),
    ));
    items
}

/// The menu; arrow keys walk, Escape closes.
#[component]
pub(crate) fn PartMenu(props: &MenuProps) -> Html {
    let element = use_node_ref();
    use_effect_with((element.clone(), props.of.at), |(element, (x, y))| {
        let Some(element) = element.cast::<HtmlElement>() else {
            return;
        };
        let (w, h) = (
            f64::from(element.offset_width()),
            f64::from(element.offset_height()),
        );
        let stage = dom::by_id(crate::ui::stage::STAGE).map(|stage| dom::size(&stage));
        let (room_w, room_h) = stage.unwrap_or((w, h));
        dom::style(
            &element,
            "left",
            &format!("{:.0}px", x.min(room_w - w - 6.0).max(6.0)),
        );
        dom::style(
            &element,
            "top",
            &format!("{:.0}px", y.min(room_h - h - 6.0).max(6.0)),
        );
        if let Ok(Some(first)) = element.query_selector("button") {
            let _ = first.unchecked_into::<HtmlElement>().focus();
        }
    });
    let send = props.send.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Home" => i32::MIN,
            "End" => i32::MAX,
            "Escape" | "Tab" => {
                event.prevent_default();
                event.stop_propagation();
                return send.emit(Msg::Popover(None));
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        walk(&event, by);
    });
    html! {
        <div ref={element} class="popover list part-menu" role="menu" aria-label={t("menu.part")} {onkeydown}>
            { for items(&props.of).into_iter().map(|(key, make)| {
                let send = props.send.clone();
                let onclick = Callback::from(move |_: MouseEvent| {
                    send.emit(Msg::Popover(None));
                    send.emit(make());
                });
                html! {
                    <button type="button" class="entry" role="menuitem" tabindex="-1" data-item={key} {onclick}>
                        { t(key) }</button>
                }
            }) }
        </div>
    }
}

/// Moves the focus among the buttons of a list.
fn walk(event: &KeyboardEvent, by: i32) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(menu) = target
        .as_ref()
        .and_then(|at| at.closest("[role=menu]").ok().flatten())
    else {
        return;
    };
    let Ok(all) = menu.query_selector_all("button") else {
        return;
    };
    let count = all.length() as i32;
    let is_it = |ix: &i32| {
        all.item(*ix as u32)
            .and_then(|node| node.dyn_into::<Element>().ok())
            == target
    };
    let here = (0..count).find(is_it).unwrap_or(0);
    let next = match by {
        i32::MIN => 0,
        i32::MAX => count - 1,
        by => (here + by).rem_euclid(count.max(1)),
    };
    if let Some(next) = all
        .item(next as u32)
        .and_then(|node| node.dyn_into::<HtmlElement>().ok())
    {
        let _ = next.focus();
    }
}

/// A small button that opens the menu of the chosen part, for the inspector's head.
pub(crate) fn opener(send: &Callback<Msg>, id: AttrValue) -> Html {
    use crate::ui::icons::{Icon, icon};
    html! {
        <button type="button" class="tool" id="part-menu-open" aria-haspopup="menu" aria-label={t("menu.part")}
            title={t("menu.part")} onclick={on(send, move || Msg::Bench(BenchMsg::MenuOf(id.clone())))}>
            { icon(Icon::Menu) }</button>
    }
}
