//! The charts' panels: a title, its newest figures, a canvas, and the same numbers as a table.

use super::text::t;
use yew::prelude::*;

/// A chart's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// In, out, refused.
    Throughput,
    /// Percentiles.
    Latency,
    /// How far the slowest reader is behind.
    Age,
    /// Load per shard.
    Heat,
}

impl Which {
    /// All, in the order in which they stand.
    pub(crate) const ALL: [Self; 4] = [Self::Throughput, Self::Latency, Self::Age, Self::Heat];

    /// Key of the title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Throughput => "chart.throughput",
            Self::Latency => "chart.latency",
            Self::Age => "chart.age",
            Self::Heat => "chart.heat",
        }
    }

    /// Id of the canvas.
    pub(crate) fn canvas(self) -> &'static str {
        match self {
            Self::Throughput => "chart-throughput",
            Self::Latency => "chart-latency",
            Self::Age => "chart-age",
            Self::Heat => "chart-heat",
        }
    }
}

/// What stands beside the titles.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ChartsProps {
    /// The newest figures, by chart.
    pub(crate) figures: [AttrValue; 4],
}

/// The four charts.
#[component]
pub(crate) fn Charts(props: &ChartsProps) -> Html {
    html! {
        <div class="charts">
            { for Which::ALL.into_iter().zip(&props.figures).map(|(which, figures)| html! {
                <section class="chart" key={which.canvas()} aria-label={t(which.title())}>
                    <h2>{ t(which.title()) }<span>{ figures }</span></h2>
                    <div class="picture">
                        <canvas id={which.canvas()} class="chart-canvas" role="img"
                            aria-label={format!("{}: {figures}", t(which.title()))}></canvas>
                    </div>
                </section>
            }) }
        </div>
    }
}
