//! Three things to do in an empty shop or bank, each ticked off when the design does it.

use super::BenchMsg;
use crate::ui::bar::on;
use crate::ui::icons::{Icon, icon};
use crate::ui::msg::Msg;
use crate::ui::text::t;
use yew::prelude::*;

/// A thing to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaskSeen {
    /// What.
    pub(crate) words: &'static str,
    /// Whether the design does it.
    pub(crate) done: bool,
}

/// What the card shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TasksProps {
    /// The things to do.
    pub(crate) tasks: Vec<TaskSeen>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The card.
#[component]
pub(crate) fn Tasks(props: &TasksProps) -> Html {
    let all = props.tasks.iter().all(|task| task.done);
    html! {
        <section class="card tasks" aria-label={t("tasks.name")}>
            <h2>{ t(if all { "tasks.done" } else { "tasks.name" }) }</h2>
            <ol>
                { for props.tasks.iter().map(|task| html! {
                    <li class={task.done.then_some("done")}>
                        { icon(if task.done { Icon::Tick } else { Icon::Ring }) }
                        <span>{ task.words }</span>
                        if task.done { <span class="vh">{ t("tasks.ticked") }</span> }
                    </li>
                }) }
            </ol>
            <button type="button" class="plain" aria-label={t("tasks.close")} title={t("tasks.close")}
                onclick={on(&props.send, || Msg::Bench(BenchMsg::TasksClosed))}>{ icon(Icon::Close) }</button>
        </section>
    }
}
