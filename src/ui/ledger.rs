//! The ledger's panel: the sentence of each sink, sums, what came out of the act, and keys that differ.

use super::bar::on;
use super::costs::costs;
use super::inspector::live::rows;
use super::msg::{LedgerPart, Msg};
use super::seen::{CameOut, KeyRow, LedgerSeen, OutcomeRow, Row, SinkSeen, Verdict};
use super::text::{fill, t};
use millrace_engine::base::time::clock;
use millrace_engine::base::units::show_count;
use std::rc::Rc;
use yew::prelude::*;

/// Sentences that are shown at once.
const SENTENCES: usize = 2;

/// What the panel shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LedgerProps {
    /// The ledger.
    pub(crate) ledger: Rc<LedgerSeen>,
    /// UTC of model time 0.
    pub(crate) start_us: u64,
    /// The part that is shown where there is room for one.
    pub(crate) part: LedgerPart,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// `10:04:12` of a model time [us].
fn time(start_us: u64, at: u64) -> String {
    let text = clock(start_us, at);
    let time = text.rsplit(' ').next();
    let time = time.and_then(|time| time.split('.').next());
    time.unwrap_or_default().to_owned()
}

/// The sentences, over the whole width of the foot.
#[component]
pub(crate) fn Sentences(props: &LedgerProps) -> Html {
    let sinks = &props.ledger.sinks;
    if sinks.is_empty() {
        return Html::default();
    }
    let line =
        |sink: &SinkSeen| html! { <p class={sink.bad.then_some("bad")}>{ &sink.sentence }</p> };
    // of many that are all right one is enough to read
    let first = if sinks.iter().any(|sink| sink.bad) || sinks.len() <= SENTENCES {
        SENTENCES
    } else {
        1
    };
    let more = sinks.len().saturating_sub(first);
    html! {
        <div class="sentences">
            { for sinks.iter().take(first).map(line) }
            if more > 0 {
                <details>
                    <summary>{ fill("ledger.more", &[("n", &show_count(more as u64))]) }</summary>
                    { for sinks.iter().skip(first).map(line) }
                </details>
            }
        </div>
    }
}

/// The panel.
#[component]
pub(crate) fn Ledger(props: &LedgerProps) -> Html {
    let ledger = &props.ledger;
    let keys = ledger.sinks.iter().any(|sink| !sink.keys.is_empty());
    let has = |part: LedgerPart| match part {
        LedgerPart::Sums => true,
        LedgerPart::Came => !ledger.came.rows.is_empty(),
        LedgerPart::Keys => keys,
        LedgerPart::Cost => !ledger.cost.nodes.is_empty(),
    };
    let part = Some(props.part).filter(|part| has(*part));
    let part = part.unwrap_or_default();
    let to = fill("ledger.to", &[("time", &time(props.start_us, ledger.at))]);
    html! {
        <section class={classes!("ledger", format!("shows-{}", part.class()))} aria-label={t("ledger.title")}>
            <div class="parts-head">
                <div class="parts" role="group" aria-label={t("ledger.parts")}>
                    { for LedgerPart::ALL.into_iter().filter(|part| has(*part)).map(|one| html! {
                        <button type="button" aria-pressed={(one == part).to_string()}
                            onclick={on(&props.send, move || Msg::LedgerPart(one))}>{ t(one.title()) }</button>
                    }) }
                </div>
                <span class="to">{ to }</span>
            </div>
            <div class="part sums" tabindex="0" role="group" aria-label={t("ledger.title")}>
                <h2>{ t("ledger.title") }</h2>
                { rows(&ledger.sums) }
                { for ledger.sinks.iter().map(reasons) }
            </div>
            if has(LedgerPart::Came) {
                <div class="part came" tabindex="0" role="group" aria-label={t("came.title")}>
                    <h2>{ t("came.title") }</h2>
                    { came(&ledger.came, props.start_us) }
                </div>
            }
            if keys {
                <div class="part keys" tabindex="0" role="group" aria-label={t("ledger.keys")}>
                    <h2>{ t("ledger.keys") }</h2>
                    { for ledger.sinks.iter().filter(|sink| !sink.keys.is_empty()).map(differing) }
                </div>
            }
            if has(LedgerPart::Cost) {
                <div class="part cost" tabindex="0" role="group" aria-label={t("cost.title")}>
                    <h2>{ t("cost.title") }</h2>
                    { costs(&ledger.cost) }
                </div>
            }
        </section>
    }
}

/// What was lost and what was counted twice, by reason.
fn reasons(sink: &SinkSeen) -> Html {
    let part = |key: &'static str, of: &[Row]| {
        if of.is_empty() {
            return Html::default();
        }
        html! { <><h3>{ t(key) }</h3>{ rows(of) }</> }
    };
    html! { <>{ part("ledger.lost", &sink.lost) }{ part("ledger.again", &sink.twice) }</> }
}

fn came(came: &CameOut, start_us: u64) -> Html {
    let head = if came.ended {
        "came.came"
    } else {
        "came.so-far"
    };
    html! {
        <>
            <table>
                <thead><tr>
                    <th scope="col">{ t("came.figure") }</th><th scope="col">{ t("came.must") }</th>
                    <th scope="col">{ t(head) }</th>
                    if came.ended { <th scope="col"><span class="vh">{ t("came.right?") }</span></th> }
                </tr></thead>
                <tbody>{ for came.rows.iter().map(|row| outcome(row, came.ended)) }</tbody>
            </table>
            <p class="hint">{ note(came, start_us) }</p>
        </>
    }
}

/// Of when the figures are.
fn note(came: &CameOut, start_us: u64) -> String {
    let key = match (came.changed, came.ended) {
        (true, _) => "came.changed",
        (false, true) => "came.at",
        (false, false) => "came.until",
    };
    fill(key, &[("time", &time(start_us, came.until))])
}

fn outcome(row: &OutcomeRow, ended: bool) -> Html {
    let (class, sign, words) = match row.verdict {
        Verdict::Open => ("", "", ""),
        Verdict::Right => ("right", "\u{2713}", t("came.right")),
        Verdict::Wrong => ("wrong", "\u{2717}", t("came.wrong")),
    };
    html! {
        <tr {class}>
            <th scope="row">{ &row.name }</th><td>{ &row.expected }</td><td>{ &row.value }</td>
            if ended { <td><span aria-hidden="true">{ sign }</span><span class="vh">{ words }</span></td> }
        </tr>
    }
}

/// The keys of a sink whose number is believed to be another.
fn differing(sink: &SinkSeen) -> Html {
    let cells = |key: &KeyRow| {
        html! {
            <tr>
                <th scope="row">{ &key.key }</th><td>{ &key.truth }</td>
                <td>{ &key.believed }</td><td>{ &key.off }</td>
            </tr>
        }
    };
    html! {
        <>
            <table>
                <thead><tr>
                    <th scope="col">{ &sink.keys_title }</th><th scope="col">{ t("ledger.true") }</th>
                    <th scope="col">{ t("ledger.believed") }</th><th scope="col">{ t("ledger.off") }</th>
                </tr></thead>
                <tbody>{ for sink.keys.iter().map(cells) }</tbody>
            </table>
            if sink.more > 0 {
                <p class="hint">{ fill("ledger.more-keys", &[("n", &show_count(sink.more as u64))]) }</p>
            }
        </>
    }
}
