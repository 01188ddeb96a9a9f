//! The lanes of a node as one virtual grid: all rows are counted, a window of them exists.

use crate::platform::dom;
use crate::ui::msg::Msg;
use crate::ui::seen::{LaneForm, LaneRow, LaneTold, PartLive};
use crate::ui::text::t;
use millrace_engine::base::units::show_count;
use millrace_engine::scene::numbers;
use std::rc::Rc;
use yew::prelude::*;

/// Rows that exist at a time.
const WINDOW: usize = 64;

/// What the grid shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LanesProps {
    /// The node.
    pub(crate) node: AttrValue,
    /// The node, live.
    pub(crate) live: Rc<PartLive>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

fn cell_id(row: usize, column: usize) -> String {
    format!("lane-{row}-{column}")
}

/// The grid. Arrow keys walk, Enter on a row asks why it refuses.
#[component]
pub(crate) fn Lanes(props: &LanesProps) -> Html {
    let here = use_state_eq(|| (0_usize, 0_usize));
    let lanes = &props.live.lanes;
    let heads = props.live.lane_form.heads();
    let row = here.0.min(lanes.len().saturating_sub(1));
    let column = here.1.min(heads.len() - 1);
    // After the row is drawn, which a jump may only then be.
    use_effect_with((row, column), |(row, column)| {
        if dom::focused_id().starts_with("lane-") {
            dom::focus(&cell_id(*row, *column));
        }
    });
    let from = row
        .saturating_sub(WINDOW / 2)
        .min(lanes.len().saturating_sub(WINDOW));
    let form = (props.live.lane_form != LaneForm::Rates).then(|| format!("of-{}", heads.len()));
    html! {
        <div class={classes!("lanes", form)} role="grid" aria-label={t("live.lanes")}
            aria-rowcount={(lanes.len() + 1).to_string()} aria-colcount={heads.len().to_string()}
            onkeydown={walk(props, &here, row, column)}>
            <div role="row" class="head" aria-rowindex="1">
                <span role="columnheader">{ &props.live.lane }</span>
                { for heads.iter().skip(1).map(|head| html! { <span role="columnheader">{ t(head) }</span> }) }
            </div>
            { for lanes.iter().enumerate().skip(from).take(WINDOW).map(|(ix, lane)| {
                line(props, ix, lane, (ix == row).then_some(column))
            }) }
        </div>
    }
}

fn line(props: &LanesProps, ix: usize, lane: &LaneRow, stop: Option<usize>) -> Html {
    let (node, id, send) = (props.node.clone(), lane.id, props.send.clone());
    let onclick = lane
        .bad
        .then(|| Callback::from(move |_: MouseEvent| send.emit(Msg::Why(node.clone(), Some(id)))));
    let cells = std::iter::once(lane.id.to_string()).chain(cells(&lane.told));
    html! {
        <div role="row" key={ix} class={lane.bad.then_some("bad")} aria-rowindex={(ix + 2).to_string()} {onclick}>
            { for cells.enumerate().map(|(column, cell)| html! {
                <span role="gridcell" id={cell_id(ix, column)}
                    tabindex={if stop == Some(column) { "0" } else { "-1" }}>{ cell }</span>
            }) }
        </div>
    }
}

/// What is told of a lane, in words.
fn cells(told: &LaneTold) -> Vec<String> {
    match *told {
        LaneTold::Rates { rates, waiting } => {
            let rates = rates.into_iter().map(show_count);
            rates.chain([show_count(waiting)]).collect()
        }
        LaneTold::Closed(waiting) => {
            let closed = t("live.closed").to_owned();
            vec![closed, String::new(), String::new(), show_count(waiting)]
        }
        LaneTold::Bucket { counts, level } => {
            let [left, of] = level.map(show_count);
            let counts = counts.into_iter().map(show_count);
            counts.chain([format!("{left} / {of}")]).collect()
        }
        LaneTold::Waiting { waiting, oldest } => {
            vec![show_count(waiting), numbers::span(oldest as f64 / 1e6)]
        }
    }
}

fn walk(
    props: &LanesProps,
    here: &UseStateHandle<(usize, usize)>,
    row: usize,
    column: usize,
) -> Callback<KeyboardEvent> {
    let (here, live) = (here.clone(), Rc::clone(&props.live));
    let (node, send) = (props.node.clone(), props.send.clone());
    Callback::from(move |event: KeyboardEvent| {
        let last = live.lanes.len().saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowDown" => ((row + 1).min(last), column),
            "ArrowUp" => (row.saturating_sub(1), column),
            "PageDown" => ((row + 10).min(last), column),
            "PageUp" => (row.saturating_sub(10), column),
            "ArrowRight" => (row, (column + 1).min(live.lane_form.heads().len() - 1)),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "Home" => (0, column),
            "End" => (last, column),
            "Enter" => {
                if let Some(lane) = live.lanes.get(row).filter(|lane| lane.bad) {
                    send.emit(Msg::Why(node.clone(), Some(lane.id)));
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        here.set(next);
    })
}
