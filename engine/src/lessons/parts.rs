//! Parts of which scenarios are made: settings, nodes, wires and figures in one line each.

use super::scenarios::Figure;
use crate::base::sorted::SortedMap;
use crate::design::edit::Edit;

/// A number that must come out.
pub(super) const fn figure(
    name: &'static str,
    path: &'static str,
    value: f64,
    tolerance: f64,
) -> Figure {
    Figure {
        name,
        path,
        value,
        tolerance,
    }
}

pub(super) fn set(at: &str, field: &str, value: &str) -> Edit {
    Edit::Set {
        at: at.to_owned(),
        field: field.to_owned(),
        value: value.to_owned(),
    }
}

pub(super) fn node(
    id: &str,
    service: &str,
    settings: &[(&str, &str)],
    place: (i32, i32),
) -> Vec<Edit> {
    let settings = texts(settings);
    let (id, service) = (id.to_owned(), service.to_owned());
    let (x, y) = place;
    vec![
        Edit::AddNode {
            id: id.clone(),
            service,
            settings,
        },
        Edit::Move { id, x, y },
    ]
}

pub(super) fn wire(kind: &str, from: &str, to: &str) -> Edit {
    wire_of(kind, from, to, &[])
}

/// A wire with settings.
pub(super) fn wire_of(kind: &str, from: &str, to: &str, settings: &[(&str, &str)]) -> Edit {
    Edit::AddWire {
        id: format!("{from}-to-{to}"),
        kind: kind.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        settings: texts(settings),
    }
}

fn texts(settings: &[(&str, &str)]) -> SortedMap<String, String> {
    settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}
