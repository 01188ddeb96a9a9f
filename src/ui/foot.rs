//! The foot: timeline, and the strips that open to charts and ledger.

use super::bar::on;
use super::bench::BenchMsg;
use super::charts::{ChartMsg, ChartSeen, Charts};
use super::icons::{Icon, icon};
use super::ledger::{Ledger, Sentences};
use super::msg::{LedgerPart, Msg};
use super::seen::{Clock, LedgerSeen, MarkSeen};
use super::text::t;
use super::timeline::Timeline;
use std::rc::Rc;
use yew::prelude::*;

/// What the foot shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FootProps {
    /// Whether a menu lies over a part of it.
    pub(crate) covered: bool,
    /// Whether the services are open.
    pub(crate) palette: bool,
    /// Clock and transport.
    pub(crate) clock: Clock,
    /// UTC of model time 0.
    pub(crate) start_us: u64,
    /// Marks on the timeline.
    pub(crate) marks: Rc<Vec<MarkSeen>>,
    /// The ledger.
    pub(crate) ledger: Rc<LedgerSeen>,
    /// The part of it that is shown.
    pub(crate) ledger_part: LedgerPart,
    /// The charts.
    pub(crate) charts: Rc<Vec<ChartSeen>>,
    /// Whether they show a part of the run.
    pub(crate) zoomed: bool,
    /// The chosen node or wire.
    pub(crate) chosen: AttrValue,
    /// Whether the first visit is on: its words are few.
    pub(crate) visiting: bool,
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
        <footer class="foot" inert={props.covered}>
            <div class="line">
                <Timeline at={props.clock.at} head={props.clock.head} start_us={props.start_us}
                    marks={Rc::clone(&props.marks)} send={props.send.clone()} />
                if charts && props.zoomed {
                    <button type="button" class="strip" onclick={on(&props.send, || Msg::Chart(ChartMsg::Whole))}>
                        { t("chart.whole") }</button>
                }
                <button type="button" class="strip services" id="services-open"
                    aria-expanded={props.palette.to_string()}
                    onclick={on(&props.send, || Msg::Bench(BenchMsg::Palette(true)))}>
                    { icon(Icon::Plus) }<span>{ t("palette.name") }</span></button>
                { strip(t("strip.charts"), charts, on(&props.send, move || Msg::Charts(!charts))) }
                { strip(t("strip.ledger"), ledger, on(&props.send, move || Msg::Ledger(!ledger))) }
            </div>
            if !ledger && !props.visiting && !props.ledger.line.is_empty() {
                <p class="sums-line">{ for props.ledger.line.iter().map(|part| html! { <span>{ part }</span> }) }</p>
            }
            if ledger {
                <Sentences ledger={Rc::clone(&props.ledger)} start_us={props.start_us} part={props.ledger_part}
                    send={props.send.clone()} />
            }
            if charts || ledger {
                <div class={classes!("panels", (!charts).then_some("alone"))} tabindex="0" role="group"
                    aria-label={t("strip.panels")}>
                    if charts {
                        <Charts charts={Rc::clone(&props.charts)} chosen={props.chosen.clone()}
                            send={props.send.clone()} />
                    }
                    if ledger {
                        <Ledger ledger={Rc::clone(&props.ledger)} start_us={props.start_us} part={props.ledger_part}
                            send={props.send.clone()} />
                    }
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
