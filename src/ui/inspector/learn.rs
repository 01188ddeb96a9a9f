//! The Learn tab: the guide, and what is modelled, simplified, left out.

use crate::ui::prose::prose;
use crate::ui::text::t;
use millrace_engine::catalog::guide::{Block, Guide};
use std::rc::Rc;
use yew::prelude::*;

/// What the tab shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LearnProps {
    /// Whether it is a service of AWS.
    pub(crate) aws: bool,
    /// Whether it is a wire, which is no service at all.
    pub(crate) wire: bool,
    /// The guide, once it has come.
    pub(crate) guide: Option<Rc<Guide>>,
}

/// The tab.
#[component]
pub(crate) fn Learn(props: &LearnProps) -> Html {
    let Some(guide) = &props.guide else {
        return html! { <p class="hint">{ t("learn.wait") }</p> };
    };
    if guide.title.is_empty() {
        return html! { <p class="hint">{ t("learn.none") }</p> };
    }
    html! {
        <div class="learn">
            <p><b>{ prose(&guide.summary) }</b></p>
            { blocks(&guide.learn) }
            { list(t("learn.modelled"), &guide.modelled) }
            { list(t("learn.simplified"), &guide.simplified) }
            { list(t("learn.not"), &guide.not_modelled) }
            if !props.wire {
                <p class="hint">{ if props.aws { t("learn.aws") } else { t("learn.own") } }</p>
            }
        </div>
    }
}

/// Running text; entries that follow each other become one list.
fn blocks(blocks: &[Block]) -> Html {
    let is_entry = |block: &Block| matches!(block, Block::Entry(_));
    let runs = blocks.chunk_by(move |a, b| is_entry(a) && is_entry(b));
    html! {
        { for runs.map(|run| match &run[0] {
            Block::Heading(text) => html! { <h3>{ text.clone() }</h3> },
            Block::Paragraph(text) => html! { <p>{ prose(text) }</p> },
            Block::Entry(_) => html! {
                <ul>
                    { for run.iter().filter_map(|block| match block {
                        Block::Entry(text) => Some(html! { <li>{ prose(text) }</li> }),
                        _ => None,
                    }) }
                </ul>
            },
        }) }
    }
}

fn list(title: &'static str, entries: &[String]) -> Html {
    if entries.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h3>{ title }</h3>
            <ul>{ for entries.iter().map(|entry| html! { <li>{ prose(entry) }</li> }) }</ul>
        </>
    }
}
