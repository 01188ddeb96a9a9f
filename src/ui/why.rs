//! "Why?": the chain from a record's key to the limit that refused it.

use super::bar::on;
use super::icons::{Icon, icon};
use super::msg::Msg;
use super::prose::cited;
use super::text::{fill, find, t};
use millrace_engine::base::time::clock;
use millrace_engine::base::units::show_count;
use millrace_engine::run::why::Why;
use yew::prelude::*;

/// One link of the chain.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    /// What it is.
    pub(crate) title: AttrValue,
    /// What was found.
    pub(crate) text: AttrValue,
    /// Whether it is a key or a hash.
    pub(crate) mono: bool,
}

/// The answer to "Why?".
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// The chain; empty if nothing was refused.
    pub(crate) links: Vec<Link>,
}

fn link(title: &str, text: impl Into<AttrValue>, mono: bool) -> Link {
    Link {
        title: t(title).into(),
        text: text.into(),
        mono,
    }
}

/// What of the node the chain names, beside the refusal itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around {
    /// How many lanes take work.
    pub(crate) lanes: usize,
    /// Whether the lane is closed by now.
    pub(crate) closed: bool,
    /// The lane's part of the ring, in shares.
    pub(crate) range: Option<(f32, f32)>,
    /// Where the limit is stated.
    pub(crate) source: Option<&'static str>,
}

/// The chain in words.
pub(crate) fn answer(why: &Why, start_us: u64, around: Around) -> Answer {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let lane = why.lane.map_or_else(String::new, |lane| lane.to_string());
    let mut links = vec![
        link("why.when", clock(start_us, why.at), false),
        link("why.key", format!("{} ({})", why.key, why.source), true),
        link("why.hash", why.hash.clone(), true),
    ];
    if let (Some((from, to)), Some(_)) = (around.range, why.lane) {
        let text = fill(
            if around.closed {
                "why.range.closed"
            } else {
                "why.range.text"
            },
            &[
                ("place", &percent(f64::from(why.hash_ppm) / 1e6)),
                ("from", &percent(f64::from(from))),
                ("to", &percent(f64::from(to))),
                ("lane", &lane),
                ("lanes", &show_count(around.lanes as u64)),
            ],
        );
        links.push(link("why.range", text, false));
    }
    links.push(link(
        "why.tried",
        fill(
            "why.tried.text",
            &[("tried", &show_count(why.tried_in_second)), ("lane", &lane)],
        ),
        false,
    ));
    links.push(link("why.bucket", bucket(why), false));
    links.extend(
        around
            .source
            .map(|source| link("why.source", cited(source), false)),
    );
    Answer { links }
}

fn bucket(why: &Why) -> String {
    let code = why.reason.code();
    let limit = show_count(why.limit_per_s);
    let law = find(&format!("reason.{code}")).map_or_else(|| code.replace('-', " "), str::to_owned);
    let law = law.replace("{limit}", &limit);
    if why.limit_per_s == 0 {
        return law;
    }
    let (had, needed) = (show_count(why.had), show_count(why.needed));
    fill(
        "why.more",
        &[("reason", &law), ("had", &had), ("needed", &needed)],
    )
}

/// What the panel shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PanelProps {
    /// The answer.
    pub(crate) answer: Answer,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The panel.
#[component]
pub(crate) fn Panel(props: &PanelProps) -> Html {
    html! {
        <section class="inspector why" id="why" tabindex="-1" aria-label={t("why.title")}>
            <header>
                <span></span><h2>{ t("why.title") }</h2>
                <button type="button" class="tool" aria-label={t("why.close")} title={t("why.close")}
                    onclick={on(&props.send, || Msg::WhyClosed)}>{ icon(Icon::Close) }</button>
            </header>
            <div class="pane">
                if props.answer.links.is_empty() {
                    <p class="hint">{ t("why.none") }</p>
                } else {
                    <ol>
                        { for props.answer.links.iter().map(|link| html! {
                            <li><b>{ &link.title }</b>
                                <span class={link.mono.then_some("mono")}>{ &link.text }</span></li>
                        }) }
                    </ol>
                }
            </div>
        </section>
    }
}
