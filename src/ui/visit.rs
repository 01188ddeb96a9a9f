//! The first visit: what is said when, on model time at the scenario's own speed, and the forecast of three.
//!
//! ```text
//! 0:00 calm   0:08 a third refused   0:20 what would cure it?   0:40 the cure runs   1:40 why?
//! ```

use super::icons::{Icon, icon};
use super::msg::Msg;
use super::text::{fill, number, number_first, t};
use crate::platform::storage;
use millrace_engine::base::time::{SECOND, Us};
use yew::prelude::*;

/// From when the forecast is asked for.
pub(crate) const ASK_AT: Us = 20 * SECOND;
/// From when the chosen cure runs.
pub(crate) const CURE_AT: Us = 40 * SECOND;
/// From when "Why?" is offered.
pub(crate) const WHY_AT: Us = 100 * SECOND;

const REMEMBERED: &str = "visited";

/// The three forecasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cure {
    /// Twice the shards.
    Lanes,
    /// A consumer that works faster.
    Consumer,
    /// The same where the consumer is a function.
    Function,
    /// A key with more values.
    Key,
}

impl Cure {
    /// The three that are offered, in order, where the reader is a function and where it is not.
    pub(crate) fn offered(function: bool) -> [Self; 3] {
        let reader = if function {
            Self::Function
        } else {
            Self::Consumer
        };
        [Self::Lanes, reader, Self::Key]
    }

    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Lanes => t("visit.lanes"),
            Self::Consumer => t("visit.consumer"),
            Self::Function => t("visit.function"),
            Self::Key => t("visit.key"),
        }
    }
}

/// Figures before and after the cure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    /// Refused a second.
    pub(crate) refused: AttrValue,
    /// Shards, USD an hour.
    pub(crate) cost: AttrValue,
}

/// What the stage shows, in so far as the card speaks of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Scenery {
    /// Sources.
    pub(crate) stores: u64,
    /// Lanes that take work.
    pub(crate) lanes: u64,
    /// Those of them that get none.
    pub(crate) empty: u64,
    /// Whether a third of what is tried is refused.
    pub(crate) third: bool,
    /// Whether a function reads the stream.
    pub(crate) function: bool,
}

/// What the card shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Beat {
    /// No card.
    #[default]
    Off,
    /// Before anything is refused: how many stores and lanes there are.
    Calm(u64, u64),
    /// A third of the sales are refused, while so many lanes are empty.
    Refused(u64),
    /// The forecast is asked for; whether a function reads the stream.
    Ask(bool),
    /// The forecast was made; the cure has not begun.
    Waiting(Cure),
    /// The cure runs: before and now, and whether "Why?" is offered.
    Cured(Cure, Figures, Figures, bool),
}

/// Where the first visit stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Visit {
    on: bool,
    cure: Option<Cure>,
    before: Option<Figures>,
}

impl Visit {
    /// A visit that begins, unless this browser has had it.
    pub(crate) fn first() -> Self {
        Self {
            on: storage::get(REMEMBERED).is_none(),
            ..Self::default()
        }
    }

    /// A visit that begins again.
    pub(crate) fn again() -> Self {
        Self {
            on: true,
            ..Self::default()
        }
    }

    /// Whether it runs.
    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    /// It is over, and stays so.
    pub(crate) fn end(&mut self) {
        if self.on {
            storage::set(REMEMBERED, "yes");
        }
        *self = Self::default();
    }

    /// The forecast.
    pub(crate) fn choose(&mut self, cure: Cure) {
        self.cure = Some(cure);
    }

    /// The cure that is to be applied now: once, with the figures that held before it.
    pub(crate) fn due(&mut self, now: Us, figures: impl FnOnce() -> Figures) -> Option<Cure> {
        if !self.on || now < CURE_AT || self.before.is_some() {
            return None;
        }
        let cure = self.cure?;
        self.before = Some(figures());
        Some(cure)
    }

    /// What the card shows.
    pub(crate) fn beat(&self, now: Us, view: Scenery, figures: impl FnOnce() -> Figures) -> Beat {
        match (&self.before, self.cure) {
            _ if !self.on => Beat::Off,
            (Some(before), Some(cure)) => {
                Beat::Cured(cure, before.clone(), figures(), now >= WHY_AT)
            }
            (_, Some(cure)) => Beat::Waiting(cure),
            _ if now >= ASK_AT => Beat::Ask(view.function),
            _ if view.third => Beat::Refused(view.empty),
            _ => Beat::Calm(view.stores, view.lanes),
        }
    }
}

/// What the card needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CardProps {
    /// What to show.
    pub(crate) beat: Beat,
    /// The node of which "Why?" asks.
    pub(crate) why: AttrValue,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The card on the stage.
#[component]
pub(crate) fn Card(props: &CardProps) -> Html {
    let body = match &props.beat {
        Beat::Off => return Html::default(),
        Beat::Calm(stores, lanes) => html! { <p><b>{ calm(*stores, *lanes) }</b></p> },
        Beat::Refused(empty) => {
            html! { <p><b>{ t("visit.refused") }</b>{ " " }{ idle(*empty) }</p> }
        }
        Beat::Ask(function) => forecast(props, *function),
        Beat::Waiting(cure) => {
            html! { <p><b>{ cure.words() }</b>{ " " }{ t("visit.waiting") }</p> }
        }
        Beat::Cured(cure, before, now, why) => cured(props, *cure, before, now, *why),
    };
    let skip = super::bar::on(&props.send, || Msg::Skip);
    html! {
        <section class="card" aria-label={t("visit.name")}>
            { body }
            <button type="button" class="plain skip" onclick={skip}>{ t("visit.skip") }</button>
        </section>
    }
}

fn calm(stores: u64, lanes: u64) -> String {
    let (stores, lanes) = (number_first(stores), number(lanes));
    fill("visit.calm", &[("stores", &stores), ("lanes", &lanes)])
}

fn idle(empty: u64) -> String {
    match empty {
        0 => String::new(),
        1 => t("visit.empty.one").to_owned(),
        n => fill("visit.empty", &[("n", &number_first(n))]),
    }
}

fn forecast(props: &CardProps, function: bool) -> Html {
    html! {
        <>
            <p id="forecast"><b>{ t("visit.ask") }</b></p>
            <div class="choices" role="group" aria-labelledby="forecast">
                { for Cure::offered(function).into_iter().map(|cure| html! {
                    <button type="button" class="button"
                        onclick={super::bar::on(&props.send, move || Msg::Forecast(cure))}>{ cure.words() }</button>
                }) }
            </div>
        </>
    }
}

fn cured(props: &CardProps, cure: Cure, before: &Figures, now: &Figures, why: bool) -> Html {
    let node = props.why.clone();
    let ask = super::bar::on(&props.send, move || Msg::Why(node.clone(), None));
    let row = |label: &'static str, before: &AttrValue, now: &AttrValue| {
        html! {
            <div><dt>{ label }</dt><dd>{ before }{ icon(Icon::Right) }<b>{ now }</b></dd></div>
        }
    };
    html! {
        <>
            <p><b>{ cure.words() }</b></p>
            <dl class="figures">
                { row(t("visit.refused_s"), &before.refused, &now.refused) }
                { row(t("visit.cost"), &before.cost, &now.cost) }
            </dl>
            if why {
                <button type="button" class="button main" onclick={ask}>{ t("why.ask") }</button>
            }
        </>
    }
}
