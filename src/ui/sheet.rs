//! The sheet of keys.

use super::bar::on;
use super::msg::Msg;
use super::text::t;
use web_sys::{HtmlDialogElement, HtmlInputElement};
use yew::prelude::*;

/// What the sheet shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SheetProps {
    /// Whether keys without a modifier are commands.
    pub(crate) keys_on: bool,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The sheet: the browser's own dialog keeps the focus inside and closes on Escape.
#[component]
pub(crate) fn Sheet(props: &SheetProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
    });
    let (send, switch) = (props.send.clone(), props.send.clone());
    let onclose = Callback::from(move |_: Event| send.emit(Msg::Popover(None)));
    let onchange = Callback::from(move |event: Event| {
        switch.emit(Msg::KeysOn(
            event.target_unchecked_into::<HtmlInputElement>().checked(),
        ));
    });
    html! {
        <dialog ref={dialog} class="sheet" aria-labelledby="sheet-title" {onclose}>
            <h2 id="sheet-title">{ t("keys.title") }</h2>
            <dl>
                { for t("keys.list").lines().filter_map(|line| line.split_once('|')).map(|(key, what)| html! {
                    <><dt>{ key }</dt><dd>{ what }</dd></>
                }) }
            </dl>
            <div class="foot-row">
                <label><input type="checkbox" checked={props.keys_on} {onchange} />{ t("keys.on") }</label>
                <button type="button" class="button" onclick={on(&props.send, || Msg::Popover(None))}>
                    { t("keys.close") }</button>
            </div>
        </dialog>
    }
}
