//! The charts' panels: a title, its newest figures, a canvas, and the same numbers as a table.
//!
//! All charts share one cursor: the pointer over any of them, or the arrow keys on one that has the focus, shows the
//! same model time in all. A click seeks there; a span that is dragged over fills all of them.

mod chooser;
mod one;
mod shelf;
mod table;

pub(crate) use chooser::{Choice, Chooser};
pub(crate) use shelf::{Read, Shelf, Which, word};
pub(crate) use table::{ChartTable, TableSheet};

use super::bar::on;
use super::icons::{Icon, icon};
use super::msg::Msg;
use super::text::t;
use one::One;
use std::rc::Rc;
use yew::prelude::*;

/// Between two figures beside a title.
pub(crate) const BETWEEN: &str = " · ";
/// Id of the button that adds a chart.
pub(crate) const ADD: &str = "chart-add";

/// What can be done with charts. Columns are of the canvas [CSS px].
#[derive(Clone, Debug)]
pub(crate) enum ChartMsg {
    /// The pointer is over this column.
    Over(Which, f64),
    /// Neither pointer nor keyboard points at a time any more.
    Left,
    /// To the time of this column.
    Seek(Which, f64),
    /// The pointer is dragged from one column to another.
    Brushing(Which, f64, f64),
    /// It was let go there: all charts show this span.
    Brushed(Which, f64, f64),
    /// All charts show the whole run.
    Whole,
    /// A key on a chart that has the focus.
    Key(Which, Stroke),
    /// Adds a chart of a node; without a metric it is asked for, beginning with this node.
    Add {
        /// The node's id.
        node: AttrValue,
        /// What the chart reads.
        metric: Option<Read>,
    },
    /// No chart is to be added.
    ChooserClosed,
    /// An added chart goes.
    Close(Which),
    /// A chart keeps its node from now on, or follows the chosen one again.
    Pin(Which),
    /// Saves a chart's numbers.
    Csv(Which),
    /// Saves a chart as a picture.
    Png(Which),
}

/// What a key does to the shared cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// So many buckets on, or back.
    Step(i64),
    /// To the first bucket.
    First,
    /// To the newest.
    Last,
    /// To its time.
    Seek,
    /// It goes.
    Leave,
    /// Half the span about it, or twice.
    Zoom(bool),
    /// The start of a span, then its end: all charts show it.
    Ends,
}

/// A chart as the page shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartSeen {
    /// Its place.
    pub(crate) which: Which,
    /// Its title.
    pub(crate) title: AttrValue,
    /// The node that it is of; empty if there is none.
    pub(crate) node: AttrValue,
    /// Whether it keeps that node.
    pub(crate) pinned: bool,
    /// Why it shows nothing, if it cannot.
    pub(crate) missing: Option<AttrValue>,
    /// The newest figures, or those at the shared cursor.
    pub(crate) figures: AttrValue,
    /// The shared cursor in words: time and all figures; none while it is not there.
    pub(crate) cursor: Option<AttrValue>,
    /// The same as a number [s], with that of the start and the end of the time shown.
    pub(crate) range: [i64; 3],
}

/// What the strip shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ChartsProps {
    /// The charts.
    pub(crate) charts: Rc<Vec<ChartSeen>>,
    /// The node that the reader has chosen.
    pub(crate) chosen: AttrValue,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The charts, side by side.
#[component]
pub(crate) fn Charts(props: &ChartsProps) -> Html {
    let chosen = props.chosen.clone();
    let add = on(&props.send, move || {
        let node = chosen.clone();
        Msg::Chart(ChartMsg::Add { node, metric: None })
    });
    let many = props.charts.len() > Which::STANDARD.len();
    html! {
        <div class={classes!("charts", many.then_some("many"))} tabindex="0" role="group"
            aria-label={t("strip.charts")}>
            { for props.charts.iter().map(|seen| html! {
                <One key={seen.which.name()} seen={seen.clone()} send={props.send.clone()} />
            }) }
            <button type="button" class="mini add" id={ADD} aria-label={t("chart.add")} title={t("chart.add")}
                onclick={add}>{ icon(Icon::Plus) }</button>
        </div>
    }
}
