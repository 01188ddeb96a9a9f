//! The Code tab: the node as set, for the AWS CLI and for boto3.

use crate::ui::bar::on;
use crate::ui::msg::Msg;
use crate::ui::seen::PartSet;
use crate::ui::text::t;
use std::rc::Rc;
use yew::prelude::*;

/// What the tab shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CodeProps {
    /// The node's settings and code.
    pub(crate) set: Rc<PartSet>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The tab.
#[component]
pub(crate) fn Code(props: &CodeProps) -> Html {
    let lang = use_state_eq(|| 0_usize);
    let Some(code) = &props.set.code else {
        return html! { <p class="hint">{ t("learn.own") }</p> };
    };
    let text = code[*lang].clone();
    let copied = text.clone();
    let pick = |ix: usize, name: &'static str| {
        let handle = lang.clone();
        html! {
            <button type="button" class="button" aria-pressed={(*lang == ix).to_string()}
                onclick={Callback::from(move |_: MouseEvent| handle.set(ix))}>{ name }</button>
        }
    };
    html! {
        <div class="code">
            <div class="picks">
                { pick(0, t("code.cli")) }{ pick(1, t("code.python")) }
                <span class="room"></span>
                <button type="button" class="button" onclick={on(&props.send, move || Msg::Copy(copied.clone()))}>
                    { t("code.copy") }</button>
            </div>
            <pre tabindex="0" aria-label={if *lang == 0 { t("code.cli") } else { t("code.python") }}>{ text }</pre>
        </div>
    }
}
