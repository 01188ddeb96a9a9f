//! The foot: timeline, and the strips that open to charts and ledger.

use super::bar::on;
use super::icons::{Icon, icon};
use super::inspector::live::rows;
use super::msg::Msg;
use super::seen::{Clock, MarkSeen, Row};
use super::text::{fill, t};
use super::timeline::Timeline;
use millrace_engine::base::time::clock;
use std::rc::Rc;
use yew::prelude::*;

/// What the foot shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FootProps {
    /// Clock and transport.
    pub(crate) clock: Clock,
    /// UTC of model time 0.
    pub(crate) start_us: u64,
    /// Marks on the timeline.
    pub(crate) marks: Rc<Vec<MarkSeen>>,
    /// The ledger.
    pub(crate) ledger: Rc<Vec<Row>>,
    /// Model time at which it was counted [us].
    pub(crate) ledger_at: u64,
    /// What stands beside the charts' titles.
    pub(crate) charts: [AttrValue; 4],
    /// Whether the charts are open.
    pub(crate) charts_open: bool,
    /// Whether the ledger is open.
    pub(crate) ledger_open: bool,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The foot.
#[component]
pub(crate) fn Foot(props: &FootProps) -> Html {
    let (charts, ledger) = (props.charts_open, props.ledger_open);
    html! {
        <footer class="foot">
            <div class="line">
                <Timeline at={props.clock.at} head={props.clock.head} start_us={props.start_us}
                    marks={Rc::clone(&props.marks)} send={props.send.clone()} />
                { strip(t("strip.charts"), charts, on(&props.send, move || Msg::Charts(!charts))) }
                { strip(t("strip.ledger"), ledger, on(&props.send, move || Msg::Ledger(!ledger))) }
            </div>
            if charts || ledger {
                <div class="panels" tabindex="0" role="group" aria-label={t("strip.panels")}>
                    if charts { <super::charts::Charts figures={props.charts.clone()} send={props.send.clone()} /> }
                    if ledger { { self::ledger(props) } }
                </div>
            }
        </footer>
    }
}

fn strip(label: &'static str, open: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="strip" aria-expanded={open.to_string()} {onclick}>
            { icon(if open { Icon::Down } else { Icon::Up }) }<span>{ label }</span>
        </button>
    }
}

fn ledger(props: &FootProps) -> Html {
    // the time at which it was counted, which may lie a little behind the clock
    let time = clock(props.start_us, props.ledger_at);
    let time = time
        .rsplit(' ')
        .next()
        .and_then(|time| time.split('.').next())
        .unwrap_or_default();
    html! {
        <section class="ledger" aria-label={t("ledger.title")}>
            <h2>{ t("ledger.title") }<span>{ fill("ledger.to", &[("time", time)]) }</span></h2>
            { rows(&props.ledger) }
        </section>
    }
}
