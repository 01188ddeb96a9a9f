//! Tests over all entries of the catalogue: a new service is covered without a line here.

use millrace_engine::base::sorted::SortedSet;
use millrace_engine::catalog::guide::Guide;
use millrace_engine::catalog::{Entry, FieldInfo, Kind, Status, Value};
use millrace_engine::design::check::kinds_between;
use millrace_engine::services::contract::{Lang, Wiring};
use millrace_engine::services::{AnyConfig, AnyLink, LinkKind, ServiceKind};
use std::path::PathBuf;

fn static_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../static")
}

fn guide(folder: &str, id: &str) -> Guide {
    let path = static_folder().join(format!("text/en/{folder}/{id}.md"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Guide::parse(&text)
}

#[test]
fn ids_are_unique_and_lead_back() {
    let ids: SortedSet<&str> = ServiceKind::ALL
        .iter()
        .map(|kind| kind.entry().id)
        .collect();
    assert_eq!(ids.len(), ServiceKind::ALL.len(), "one id a service");
    for kind in ServiceKind::ALL {
        assert_eq!(
            ServiceKind::of_id(kind.entry().id),
            Some(*kind),
            "leads back"
        );
    }
    for kind in LinkKind::ALL {
        assert_eq!(LinkKind::of_id(kind.entry().id), Some(*kind), "leads back");
    }
}

#[test]
fn every_service_has_words_for_each_field_and_honest_lists() {
    for kind in ServiceKind::ALL {
        let entry = kind.entry();
        let guide = guide("services", entry.id);
        words(entry.id, &guide, &kind.fields());
        assert!(!guide.learn.is_empty(), "{}: nothing to learn", entry.id);
        assert!(!guide.modelled.is_empty(), "{}: modelled", entry.id);
        assert!(!guide.simplified.is_empty(), "{}: simplified", entry.id);
        assert!(!guide.not_modelled.is_empty(), "{}: not modelled", entry.id);
    }
    for kind in LinkKind::ALL {
        words(
            kind.entry().id,
            &guide("wires", kind.entry().id),
            &kind.fields(),
        );
    }
}

fn words(id: &str, guide: &Guide, fields: &[FieldInfo]) {
    assert!(
        !guide.title.is_empty() && !guide.summary.is_empty(),
        "{id}: title and summary"
    );
    let keys: SortedSet<&str> = fields.iter().map(|field| field.key).collect();
    assert_eq!(keys.len(), fields.len(), "{id}: each key once");
    for field in fields {
        let words = guide.fields.get(field.key);
        let words = words.unwrap_or_else(|| panic!("{id}.{} has no words", field.key));
        assert!(!words.label.is_empty(), "{id}.{}: label", field.key);
        assert!(
            words.help.ends_with('.'),
            "{id}.{}: help is a sentence",
            field.key
        );
        assert!(!field.source.is_empty(), "{id}.{}: source", field.key);
    }
    for key in guide.fields.keys() {
        assert!(
            keys.contains(key.as_str()),
            "{id}: words for {key}, which is no field"
        );
    }
}

#[test]
fn every_service_has_its_own_icon() {
    for kind in ServiceKind::ALL {
        let path = static_folder().join(format!("icons/{}.svg", kind.entry().id));
        let svg = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            svg.contains("<svg") && svg.contains("currentColor"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn every_figure_and_price_carries_its_source() {
    for kind in ServiceKind::ALL {
        let entry: &Entry = kind.entry();
        for figure in entry.figures {
            assert!(!figure.history.is_empty(), "{}.{}", entry.id, figure.key);
            let sorted = figure
                .history
                .windows(2)
                .all(|pair| pair[0].since < pair[1].since);
            assert!(sorted, "{}.{}: oldest first", entry.id, figure.key);
            for dated in figure.history {
                let own = figure.status == Status::Illustrative;
                assert!(
                    own || dated.source.len() > 3,
                    "{}.{}: source",
                    entry.id,
                    figure.key
                );
            }
        }
        for price in entry.prices {
            assert!(price.source.len() > 3, "{}.{}: source", entry.id, price.key);
        }
    }
}

/// Values at the edges of a kind, and just outside.
fn edges(kind: Kind) -> (Vec<Value>, Vec<Value>) {
    match kind {
        Kind::Int { min, max } | Kind::Decimal { min, max, .. } => (
            vec![Value::Int(min), Value::Int(max)],
            vec![
                Value::Int(min - 1),
                Value::Int(max + 1),
                Value::Text("x".into()),
            ],
        ),
        Kind::Span { min, max } => (
            vec![Value::Int(min as i64), Value::Int(max as i64)],
            vec![
                Value::Int(min as i64 - 1),
                Value::Int(max as i64 + 1),
                Value::Flag(true),
            ],
        ),
        Kind::Choice(words) => (
            words
                .iter()
                .map(|word| Value::Text((*word).to_owned()))
                .collect(),
            vec![Value::Text("no such word".into()), Value::Int(0)],
        ),
        Kind::Text { chars_max } => (
            Vec::new(),
            vec![
                Value::Text("x".repeat(chars_max + 1)),
                Value::Text("a\u{7}".into()),
            ],
        ),
        Kind::Flag => (
            vec![Value::Flag(true), Value::Flag(false)],
            vec![Value::Int(1)],
        ),
    }
}

fn check_field(name: &str, info: &FieldInfo, mut set: impl FnMut(&Value) -> Option<Value>) {
    let (good, bad) = edges(info.kind);
    for value in good {
        assert_eq!(
            set(&value),
            Some(value.clone()),
            "{name}.{}: {value:?} is kept",
            info.key
        );
        let text = info.show(&value);
        assert_eq!(
            info.parse(&text),
            Ok(value),
            "{name}.{}: \"{text}\" reads back",
            info.key
        );
    }
    for value in bad {
        assert_eq!(
            set(&value),
            None,
            "{name}.{}: {value:?} is refused",
            info.key
        );
    }
}

#[test]
fn every_field_keeps_what_its_range_allows_and_refuses_the_rest() {
    for kind in ServiceKind::ALL {
        for (ix, info) in kind.fields().iter().enumerate() {
            let default = AnyConfig::of(*kind);
            info.check(&default.get(ix))
                .expect("the default is in range");
            check_field(kind.entry().id, info, |value| {
                let mut config = AnyConfig::of(*kind);
                config.set(ix, value).ok().map(|()| config.get(ix))
            });
        }
    }
    for kind in LinkKind::ALL {
        for (ix, info) in kind.fields().iter().enumerate() {
            check_field(kind.entry().id, info, |value| {
                let mut link = AnyLink::of(*kind);
                link.set(ix, value).ok().map(|()| link.get(ix))
            });
        }
    }
}

#[test]
fn every_pair_of_services_has_an_answer_and_every_kind_a_use() {
    let mut used = SortedSet::new();
    for from in ServiceKind::ALL {
        for to in ServiceKind::ALL {
            used.extend(kinds_between(*from, *to));
        }
    }
    let all: SortedSet<&str> = LinkKind::ALL.iter().map(|kind| kind.entry().id).collect();
    assert_eq!(used, all, "each wire kind joins some pair");
}

#[test]
fn services_of_aws_have_code() {
    for kind in ServiceKind::ALL.iter().filter(|kind| kind.entry().aws) {
        let config = AnyConfig::of(*kind);
        let wiring = Wiring {
            id: "node-1".to_owned(),
            ..Wiring::default()
        };
        for lang in [Lang::Cli, Lang::Python] {
            let code = config.snippet(&wiring, lang).unwrap_or_default();
            assert!(
                code.contains("node-1"),
                "{} in {lang:?}: {code}",
                kind.entry().id
            );
        }
    }
}

#[test]
fn metrics_have_one_name_each() {
    for kind in ServiceKind::ALL {
        let names: SortedSet<&str> = kind
            .entry()
            .metrics
            .iter()
            .map(|metric| metric.name)
            .collect();
        assert_eq!(
            names.len(),
            kind.entry().metrics.len(),
            "{}",
            kind.entry().id
        );
    }
}
