//! What is being placed: a bar that has the focus, so that the arrow keys move it and Enter lets it stand.

use super::{BenchMsg, PlacingSeen};
use crate::ui::bar::on;
use crate::ui::msg::Msg;
use crate::ui::text::t;
use yew::prelude::*;

/// Id of the button that lets it stand.
pub(crate) const PLACE: &str = "place-here";

/// What the bar shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PlacerProps {
    /// What is placed.
    pub(crate) placing: PlacingSeen,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The bar.
#[component]
pub(crate) fn Placer(props: &PlacerProps) -> Html {
    let send = props.send.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let far = if event.shift_key() { 5.0 } else { 1.0 };
        let msg = match event.key().as_str() {
            "ArrowLeft" => BenchMsg::Nudge(-far, 0.0),
            "ArrowRight" => BenchMsg::Nudge(far, 0.0),
            "ArrowUp" => BenchMsg::Nudge(0.0, -far),
            "ArrowDown" => BenchMsg::Nudge(0.0, far),
            "Escape" => BenchMsg::LetGo,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        send.emit(Msg::Bench(msg));
    });
    html! {
        <div class="placer" role="group" aria-label={t("place.name")} {onkeydown}>
            <p id="place-words" role="status">{ &props.placing.words }
                if props.placing.keys { { " " }{ t("place.keys") } }</p>
            if props.placing.keys {
                <button type="button" class="button main" id={PLACE} aria-describedby="place-words"
                    onclick={on(&props.send, || Msg::Bench(BenchMsg::Placed))}>{ t("place.here") }</button>
            }
            <button type="button" class="button" id="place-cancel"
                onclick={on(&props.send, || Msg::Bench(BenchMsg::LetGo))}>{ t("place.cancel") }</button>
        </div>
    }
}
