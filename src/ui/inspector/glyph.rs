//! A service's drawing in the colour of its family.

use crate::platform::dom;
use web_sys::Element;
use yew::prelude::*;

/// Which drawing.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct GlyphProps {
    /// The service's id.
    pub(crate) service: &'static str,
    /// The family's key.
    pub(crate) family: &'static str,
}

/// The drawing: the file is a mask, so that it takes the family's colour.
#[component]
pub(crate) fn Glyph(props: &GlyphProps) -> Html {
    let element = use_node_ref();
    use_effect_with((element.clone(), props.service), |(element, service)| {
        if let Some(element) = element.cast::<Element>() {
            // Absolute: a relative address in a property is resolved against the style sheet's.
            let page = dom::document()
                .base_uri()
                .ok()
                .flatten()
                .unwrap_or_default();
            let page = page.split(['#', '?']).next().unwrap_or_default();
            let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
            dom::style(
                &element,
                "mask-image",
                &format!("url(\"{folder}/icons/{service}.svg\")"),
            );
        }
    });
    let class = classes!("glyph", format!("family-{}", props.family));
    html! { <span ref={element} {class} aria-hidden="true"></span> }
}
