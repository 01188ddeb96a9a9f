//! "How exact is it?": what came of running the case tables of others, by topic, by witness and by source.

use super::bar::on;
use super::msg::Msg;
use super::text::{fill, find, t};
use millrace_engine::base::sorted::{SortedMap, order};
use millrace_engine::base::units::show_count;
use millrace_engine::cases;
use serde_json::{Map, Value};
use std::rc::Rc;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Where the counts lie, beside the page.
pub(crate) const ADDRESS: &str = "scoreboard.json";

/// Counts of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    passed: u64,
    failed: u64,
    known: u64,
    beyond: u64,
}

impl Counts {
    fn read(of: &Value) -> Self {
        let count = |key: &str| of[key].as_u64().unwrap_or(0);
        Self {
            passed: count("passed"),
            failed: count("failed"),
            known: count("known_disagreements"),
            beyond: count("not_expressible"),
        }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.known += other.known;
        self.beyond += other.beyond;
    }

    /// Cases that this model can be asked.
    fn asked(self) -> u64 {
        self.passed + self.failed + self.known
    }
}

/// Counts with a name.
type Line = (AttrValue, Counts);

/// The scoreboard.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scores {
    total: Counts,
    topics: Vec<Line>,
    trust: Vec<Line>,
    sources: Vec<Line>,
}

/// What is known of the counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Known {
    /// They are being fetched.
    #[default]
    Waiting,
    /// They did not come, or cannot be read: the sentence.
    Not(AttrValue),
    /// They are here.
    Here(Rc<Scores>),
}

impl Known {
    /// Reads what was fetched.
    pub(crate) fn of(text: Option<&str>) -> Self {
        let Some(text) = text else {
            return Self::Not(t("scores.missing").into());
        };
        match cases::form(text) {
            Ok(_) => Self::Here(Rc::new(Scores::read(text))),
            Err(why) => Self::Not(fill("scores.broken", &[("why", &why)]).into()),
        }
    }
}

fn named(prefix: &str, key: &str) -> AttrValue {
    let words = find(&format!("{prefix}.{key}"));
    words.map_or_else(|| key.replace('-', " ").into(), AttrValue::from)
}

impl Scores {
    /// Reads a file whose form was found good.
    fn read(text: &str) -> Self {
        let board: Value = serde_json::from_str(text).unwrap_or_default();
        let tables = board["tables"].as_array().cloned().unwrap_or_default();
        let (mut trust, mut sources) = (SortedMap::new(), SortedMap::new());
        let mut topics = Vec::new();
        for table in &tables {
            let topic = table["topic"].as_str().unwrap_or_default();
            topics.push((named("topic", topic), Counts::read(table)));
            gather(&mut trust, table["trust"].as_object());
            gather(&mut sources, table["sources"].as_object());
        }
        order::sort_by(&mut topics, |a, b| a.0.cmp(&b.0));
        let lines = |of: SortedMap<String, Counts>, prefix: &str| -> Vec<Line> {
            of.into_iter()
                .map(|(key, counts)| (named(prefix, &key), counts))
                .collect()
        };
        Self {
            total: Counts::read(&board["total"]),
            topics,
            trust: lines(trust, "trust"),
            sources: lines(sources, "source"),
        }
    }
}

fn gather(into: &mut SortedMap<String, Counts>, from: Option<&Map<String, Value>>) {
    for (key, counts) in from.into_iter().flatten() {
        into.entry(key.clone())
            .or_default()
            .add(Counts::read(counts));
    }
}

/// What the sheet shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ScoresProps {
    /// What is known.
    pub(crate) known: Known,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The sheet.
#[component]
pub(crate) fn ScoreSheet(props: &ScoresProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
    });
    let send = props.send.clone();
    let onclose = Callback::from(move |_: Event| send.emit(Msg::Popover(None)));
    html! {
        <dialog ref={dialog} class="sheet wide-sheet" aria-labelledby="scores-title" {onclose}>
            <h2 id="scores-title">{ t("scores.title") }</h2>
            { match &props.known {
                Known::Waiting => html! { <p class="hint">{ t("scores.waiting") }</p> },
                Known::Not(why) => html! { <p role="status">{ why }</p> },
                Known::Here(scores) => body(scores),
            } }
            <div class="foot-row">
                <span class="room"></span>
                <button type="button" class="button" onclick={on(&props.send, || Msg::Popover(None))}>
                    { t("keys.close") }</button>
            </div>
        </dialog>
    }
}

fn body(scores: &Scores) -> Html {
    let total = scores.total;
    let said = [
        ("all", show_count(total.asked() + total.beyond)),
        ("asked", show_count(total.asked())),
        ("passed", show_count(total.passed)),
    ];
    let said = said.each_ref().map(|(name, n)| (*name, n.as_str()));
    html! {
        <>
            <p>{ fill("scores.about", &said) }</p>
            <div class="table" tabindex="0" role="group" aria-label={t("scores.title")}>
                { table("scores.topic", &scores.topics) }
                { table("scores.trust", &scores.trust) }
                <details>
                    <summary>{ t("scores.sources") }</summary>
                    { table("scores.source", &scores.sources) }
                </details>
            </div>
            <p class="hint">{ t("scores.words") }</p>
        </>
    }
}

fn table(first: &str, lines: &[Line]) -> Html {
    let heads = [
        first,
        "scores.passed",
        "scores.failed",
        "scores.known",
        "scores.beyond",
    ];
    html! {
        <table class="scores">
            <thead><tr>{ for heads.iter().map(|key| html! { <th scope="col">{ t(key) }</th> }) }</tr></thead>
            <tbody>
                { for lines.iter().map(|(name, counts)| html! {
                    <tr>
                        <th scope="row">{ name }</th>
                        { for [counts.passed, counts.failed, counts.known, counts.beyond].into_iter().map(|n| html! {
                            <td>{ show_count(n) }</td>
                        }) }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}
