//! The act that a run plays: where it ends, and what came out of it.

use super::{Offer, Session, Told};
use crate::ui::seen::{CameOut, OutcomeRow, Verdict};
use crate::ui::text::{fill, find, t};
use millrace_engine::base::time::Us;
use millrace_engine::base::units::show_count;
use millrace_engine::design::Design;
use millrace_engine::design::file::Input;
use millrace_engine::lessons::outcome::{Measure, Outcome};
use millrace_engine::lessons::scenarios::{Act, Scenario};
use millrace_engine::scene::numbers;
use serde_json::Value;
use yew::AttrValue;

/// An act with the design and inputs as they came.
#[derive(Debug)]
pub(crate) struct Played {
    act: &'static Act,
    /// When it ends [us].
    until: Us,
    design: Design,
    inputs: Vec<Input>,
    /// What had come out at its end, once it was reached.
    ended: Option<Vec<Outcome>>,
}

/// What came out so far or at the end.
#[derive(Debug, Default)]
pub(super) struct Came {
    outcomes: Vec<Outcome>,
    /// Whether these are of the act's end.
    ended: bool,
    /// Whether the reader has changed the run.
    changed: bool,
    until: Us,
}

impl Played {
    /// An act whose run begins.
    pub(crate) fn new(
        scenario: &'static Scenario,
        act: &'static Act,
        design: Design,
        inputs: Vec<Input>,
    ) -> Self {
        Self {
            act,
            until: scenario.until,
            design,
            inputs,
            ended: None,
        }
    }
}

impl Session {
    /// From here on the run is one of an act.
    pub(crate) fn plays(&mut self, played: Option<Played>) {
        self.played = played;
    }

    /// Whether the run is still the act's own: nothing was changed, and no other seed was taken.
    fn as_it_came(&self) -> bool {
        self.played.as_ref().is_some_and(|played| {
            self.run.inputs() == played.inputs && *self.run.first_design() == played.design
        })
    }

    /// The end of the act, if playing is to stop there: of a run that the reader has changed, or
    /// that went on behind the end, it is not.
    pub(super) fn end_ahead(&self) -> Option<Us> {
        let played = self.played.as_ref()?;
        // a frame's work can end at the very time of the end, before all that happens then has happened
        let now = self.run.now();
        let ahead = now < played.until || (now == played.until && played.ended.is_none());
        (ahead && self.as_it_came()).then_some(played.until)
    }

    /// The act has come to its end: the run stands, and what came out is said.
    pub(super) fn end_act(&mut self) {
        self.stand();
        let report = self.run.figures_report();
        let Some(played) = &mut self.played else {
            return;
        };
        let outcomes = played.act.outcomes(&report);
        let (right, all) = (
            outcomes.iter().filter(|one| one.ok()).count(),
            outcomes.len(),
        );
        played.ended = Some(outcomes);
        self.books.expire();
        let line = match (right, all) {
            (_, 0) => t("came.over").to_owned(),
            (right, all) if right == all => t("came.all").to_owned(),
            (right, all) => fill(
                "came.some",
                &[
                    ("right", &show_count(right as u64)),
                    ("all", &show_count(all as u64)),
                ],
            ),
        };
        self.told = Some(Told {
            lines: vec![line],
            offer: Some(Offer::Play),
        });
        self.over = true;
    }

    /// Whether an act has ended since this was asked last.
    pub(crate) fn take_over(&mut self) -> bool {
        std::mem::take(&mut self.over)
    }

    /// What came out, from the parts of the report that figures name.
    pub(super) fn came_out(&self, report: &Value) -> Came {
        let Some(played) = &self.played else {
            return Came::default();
        };
        let changed = !self.as_it_came();
        let ended = played.ended.as_ref();
        let ended = ended.filter(|_| !changed && self.run.now() >= played.until);
        Came {
            outcomes: ended.map_or_else(|| played.act.outcomes(report), Clone::clone),
            ended: ended.is_some(),
            changed,
            until: played.until,
        }
    }
}

/// What came out, in words.
pub(super) fn seen(came: &Came) -> CameOut {
    let verdict = |outcome: &Outcome| match (came.ended, outcome.ok()) {
        (false, _) => Verdict::Open,
        (true, true) => Verdict::Right,
        (true, false) => Verdict::Wrong,
    };
    let rows = came.outcomes.iter().map(|outcome| OutcomeRow {
        name: named(outcome.figure.name).into(),
        expected: expected(outcome),
        value: outcome.value.map_or(t("table.none").into(), |value| {
            shown(value, outcome.measure)
        }),
        verdict: verdict(outcome),
    });
    CameOut {
        rows: rows.collect(),
        ended: came.ended,
        changed: came.changed,
        until: came.until,
    }
}

/// A figure's name, in the reader's language where the words have it.
fn named(name: &str) -> String {
    find(&format!("figure.{name}")).unwrap_or(name).to_owned()
}

fn shown(value: f64, measure: Measure) -> AttrValue {
    match measure {
        // to the hundredth: a tolerance of milliseconds stands beside
        Measure::Span if (1e6..120e6).contains(&value) => format!("{:.2} s", value / 1e6),
        Measure::Span => numbers::span(value / 1e6),
        Measure::Count => numbers::whole(value),
    }
    .into()
}

/// What must come out, with how far it may be off.
fn expected(outcome: &Outcome) -> AttrValue {
    let figure = outcome.figure;
    let value = shown(figure.value, outcome.measure);
    if figure.tolerance == 0.0 {
        return value;
    }
    let off = shown(figure.tolerance, outcome.measure);
    fill("came.about", &[("value", &value), ("off", &off)]).into()
}
