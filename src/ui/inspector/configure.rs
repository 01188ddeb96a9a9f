//! The Configure tab: one row a field, made of the catalogue.

use super::Refused;
use crate::ui::bar::on;
use crate::ui::bench::BenchMsg;
use crate::ui::icons::{Icon, icon};
use crate::ui::msg::Msg;
use crate::ui::prose::{cited, prose};
use crate::ui::seen::{FieldSeen, PartLive, PartSet};
use crate::ui::text::{fill, t};
use millrace_engine::base::time::show_span;
use millrace_engine::base::units::show_count;
use millrace_engine::catalog::guide::Guide;
use millrace_engine::catalog::{Change, FieldInfo, Kind};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the tab shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ConfigureProps {
    /// The node's settings.
    pub(crate) set: Rc<PartSet>,
    /// The node, live: for what it refuses.
    pub(crate) live: Option<Rc<PartLive>>,
    /// Its guide.
    pub(crate) guide: Option<Rc<Guide>>,
    /// An edit that was not taken.
    pub(crate) refused: Option<Refused>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The tab.
#[component]
pub(crate) fn Configure(props: &ConfigureProps) -> Html {
    let set = &props.set;
    html! {
        <>
            { kind(props) }
            { name(props) }
            { for set.problems.iter().map(|(problem, fatal)| {
                let kind = if *fatal { "bad" } else { "advice" };
                html! { <p class={classes!("box", "problem", kind)}>{ problem }</p> }
            }) }
            { for set.fields.iter().map(|field| {
                let words = props.guide.as_ref().and_then(|guide| guide.fields.get(field.info.key));
                let refused = props.refused.clone()
                    .filter(|refused| refused.at == set.id && refused.field == field.info.key);
                html! {
                    <Field key={format!("{}.{}", set.id, field.info.key)} at={set.id.clone()} field={field.clone()}
                        label={words.map_or_else(|| field.info.key.replace('_', " "), |words| words.label.clone())}
                        help={words.map(|words| words.help.clone()).unwrap_or_default()}
                        {refused} send={props.send.clone()} />
                }
            }) }
            { refusing(props) }
        </>
    }
}

/// A wire's kind in words; a node's service is known by its name.
fn kind(props: &ConfigureProps) -> Html {
    let Some(wired) = &props.set.wired else {
        return Html::default();
    };
    html! {
        <div class="kind">
            <p>{ props.guide.as_ref().map(|guide| prose(&guide.summary)) }</p>
            if wired.pulled {
                <p class="hint">{ t("wire.pulled") }</p>
            }
            if props.set.fields.is_empty() {
                <p class="hint">{ t("wire.none") }</p>
            }
        </div>
    }
}

/// What people call the node: no result depends on it.
fn name(props: &ConfigureProps) -> Html {
    let set = &props.set;
    if set.wired.is_some() {
        return Html::default();
    }
    let (send, id) = (props.send.clone(), set.id.clone());
    let onchange = Callback::from(move |event: Event| {
        let name = event.target_unchecked_into::<HtmlInputElement>().value();
        send.emit(Msg::Bench(BenchMsg::Rename(id.clone(), name)));
    });
    html! {
        <div class="field named" key={format!("{}-name", set.id)}>
            <div class="name"><label for="part-name">{ t("part.name") }</label></div>
            <input id="part-name" type="text" maxlength="40" autocomplete="off" value={set.name.clone()} {onchange} />
        </div>
    }
}

fn refusing(props: &ConfigureProps) -> Html {
    let refusing = props.live.as_ref().and_then(|live| live.refusing.clone());
    let Some((title, text)) = refusing else {
        return Html::default();
    };
    let id = props.set.id.clone();
    html! {
        <div class="box bad">
            <b>{ title }</b>
            <p>{ text }</p>
            <div class="actions">
                <button type="button" class="button" onclick={on(&props.send, move || Msg::Why(id.clone(), None))}>
                    { t("why.ask") }</button>
            </div>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct FieldProps {
    at: AttrValue,
    field: FieldSeen,
    label: String,
    help: String,
    refused: Option<Refused>,
    send: Callback<Msg>,
}

/// A choice with longer words has a line of its own.
const CHOICE_CHARS: usize = 9;

/// Id of a field's control; tests and screen readers find it by its label.
fn control_id(at: &str, key: &str) -> String {
    format!("field-{at}-{key}")
}

#[component]
fn Field(props: &FieldProps) -> Html {
    let about = use_state_eq(|| false);
    let toggle = {
        let about = about.clone();
        Callback::from(move |_: MouseEvent| about.set(!*about))
    };
    let info = props.field.info;
    let id = control_id(&props.at, info.key);
    let note = format!("{id}-note");
    let error = props
        .refused
        .as_ref()
        .and_then(|refused| refused.why.clone());
    html! {
        <div class="field">
            <div class="name">
                <label for={id.clone()}>{ &props.label }</label>
                <button type="button" class="about" aria-expanded={about.to_string()} title={source(&info)}
                    aria-label={fill("field.about", &[("label", &props.label)])} onclick={toggle}>
                    { icon(Icon::Info) }</button>
            </div>
            { control(props, &id, &note, error.is_some()) }
            if let Some(error) = error {
                <small class="error" id={note} role="alert">{ cited(&error) }</small>
            } else {
                <small id={note}>{ hint(&info) }</small>
            }
            if *about {
                <div class="help"><p>{ prose(&props.help) }</p><p>{ source(&info) }</p></div>
            }
            { restart(props) }
        </div>
    }
}

/// The question whether a new run may start.
fn restart(props: &FieldProps) -> Html {
    if props
        .refused
        .as_ref()
        .is_none_or(|refused| refused.why.is_some())
    {
        return Html::default();
    }
    html! {
        <div class="box wide" role="alert">
            <p>{ fill("restart.ask", &[("field", &props.label)]) }</p>
            <div class="actions">
                <button type="button" class="button main" onclick={on(&props.send, || Msg::Restart)}>
                    { t("restart.yes") }</button>
                <button type="button" class="button" onclick={on(&props.send, || Msg::KeepRun)}>
                    { t("restart.no") }</button>
            </div>
        </div>
    }
}

fn control(props: &FieldProps, id: &str, note: &str, invalid: bool) -> Html {
    let (send, at, key) = (
        props.send.clone(),
        props.at.to_string(),
        props.field.info.key,
    );
    let edit = move |value: String| send.emit(Msg::Edit(at.clone(), key, value));
    let (id, note) = (id.to_owned(), note.to_owned());
    let value = props
        .refused
        .as_ref()
        .map_or(&props.field.value, |refused| &refused.typed);
    let invalid = invalid.then_some("true");
    match props.field.info.kind {
        Kind::Flag => {
            let onchange = Callback::from(move |event: Event| {
                let on = event.target_unchecked_into::<HtmlInputElement>().checked();
                edit(if on { "yes" } else { "no" }.to_owned());
            });
            html! {
                <input type="checkbox" {id} checked={value == "yes"} aria-describedby={note} aria-invalid={invalid}
                    {onchange} />
            }
        }
        Kind::Choice(words) => {
            let onchange = Callback::from(move |event: Event| {
                edit(event.target_unchecked_into::<HtmlSelectElement>().value());
            });
            let long = words.iter().any(|word| word.len() > CHOICE_CHARS);
            html! {
                <select {id} class={classes!(long.then_some("long"))} aria-describedby={note}
                    aria-invalid={invalid} {onchange}>
                    { for words.iter().map(|word| html! {
                        <option key={*word} value={*word} selected={value == *word}>{ *word }</option>
                    }) }
                </select>
            }
        }
        kind => {
            let onchange = Callback::from(move |event: Event| {
                edit(event.target_unchecked_into::<HtmlInputElement>().value());
            });
            let long = matches!(kind, Kind::Text { chars_max } if chars_max > 12);
            html! {
                <input type="text" {id} class={classes!(long.then_some("long"))} value={value.clone()}
                    autocomplete="off" spellcheck="false" aria-describedby={note} aria-invalid={invalid} {onchange} />
            }
        }
    }
}

/// Unit and range, and what happens on change.
fn hint(info: &FieldInfo) -> String {
    let range = match info.kind {
        Kind::Int { min, max } => to(&number(min), &number(max)),
        Kind::Decimal { min, max, places } => {
            let scale = 10_f64.powi(i32::try_from(places).unwrap_or(0));
            to(&decimal(min, scale), &decimal(max, scale))
        }
        Kind::Span { min, max } => to(&show_span(min), &show_span(max)),
        Kind::Choice(_) | Kind::Flag | Kind::Text { .. } => String::new(),
    };
    let change = match info.change {
        Change::Live => t("field.live").to_owned(),
        Change::After(after) => fill("field.after", &[("after", after)]),
        Change::Restart => t("field.restart").to_owned(),
    };
    let range = format!("{range} {}", info.unit);
    let parts = [range.trim(), change.as_str()];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn to(min: &str, max: &str) -> String {
    fill("field.to", &[("min", min), ("max", max)])
}

/// A whole number with its thousands apart; another as it is.
fn decimal(n: i64, scale: f64) -> String {
    let value = n as f64 / scale;
    if value.fract() == 0.0 {
        number(value as i64)
    } else {
        value.to_string()
    }
}

fn number(n: i64) -> String {
    let digits = show_count(n.unsigned_abs());
    if n < 0 { format!("-{digits}") } else { digits }
}

fn source(info: &FieldInfo) -> String {
    match info.source {
        "own" => t("field.own").to_owned(),
        source => fill("field.source", &[("source", &cited(source))]),
    }
}
