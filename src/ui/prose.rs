//! Words with marks in them: `*stressed*`, `**more so**` and code between back-quotes, as the guides have them; and
//! the short names of sources, written out.

use super::text::t;
use yew::prelude::*;

/// Running text as elements.
pub(crate) fn prose(text: &str) -> Html {
    html! { { for parts(text).into_iter().map(|(mark, part)| match mark {
        Mark::Plain => html! { { part.to_owned() } },
        Mark::Stressed => html! { <em>{ part.to_owned() }</em> },
        Mark::Strong => html! { <b>{ part.to_owned() }</b> },
        Mark::Code => html! { <code>{ part.to_owned() }</code> },
    }) } }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Plain,
    Stressed,
    Strong,
    Code,
}

/// Cuts a text at its marks; a mark without its fellow stays a letter.
fn parts(text: &str) -> Vec<(Mark, &str)> {
    const MARKS: [(&str, Mark); 3] = [
        ("`", Mark::Code),
        ("**", Mark::Strong),
        ("*", Mark::Stressed),
    ];
    let mut found = Vec::new();
    let mut rest = text;
    'text: while !rest.is_empty() {
        let mut from = 0;
        while let Some(at) = rest[from..].find(['`', '*']).map(|at| at + from) {
            for (sign, mark) in MARKS {
                let inside = rest[at..].strip_prefix(sign);
                let whole = inside.and_then(|inside| inside.split_once(sign));
                if let Some((word, after)) = whole.filter(|(word, _)| is_word(word)) {
                    found.push((Mark::Plain, &rest[..at]));
                    found.push((mark, word));
                    rest = after;
                    continue 'text;
                }
            }
            from = at + 1;
        }
        found.push((Mark::Plain, rest));
        break;
    }
    found.retain(|(_, part)| !part.is_empty());
    found
}

/// What may stand between two marks: `3 * 4 * 5` stresses nothing.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ')
}

/// A text with the short names of sources written out: `API-kin` becomes "Kinesis API reference".
pub(crate) fn cited(text: &str) -> String {
    let mut text = text.to_owned();
    // the list has longer names first, so that none is taken for another's beginning
    for (short, long) in t("cited").lines().filter_map(|line| line.split_once('|')) {
        text = text.replace(short, long);
    }
    text
}
