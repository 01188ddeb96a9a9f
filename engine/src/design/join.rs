//! What joins two services: the wire kinds that fit, or why none does and what would stand between.
//!
//! ```text
//! tills -> stream    put
//! tills -> table     put
//! stream -> table    none: put a Lambda between   (stream -mapping-> Lambda -write-> table)
//! ```

use super::check::kinds_between;
use crate::base::sorted::order;
use crate::catalog::Dir;
use crate::services::{LinkKind, ServiceKind};
use std::collections::VecDeque;

/// Most services that are proposed to stand between two.
const BETWEEN_MAX: usize = 2;

/// The answer to "can a wire lead from here to there?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// By wires of these kinds, the usual one first; never empty.
    Kinds(Vec<&'static str>),
    /// By none.
    Refused(Refusal),
}

/// Why no wire leads from one service to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A sentence.
    pub reason: String,
    /// Services that, put between in this order, make it possible; empty if none do.
    pub through: Vec<ServiceKind>,
}

impl Refusal {
    /// The reason, and what would make it possible.
    #[must_use]
    pub fn sentence(&self) -> String {
        let names: Vec<&str> = self.through.iter().map(|kind| kind.entry().name).collect();
        match names.as_slice() {
            [] => self.reason.clone(),
            [one] => format!("{} {one} between the two makes it possible.", self.reason),
            more => format!(
                "{} {} between the two make it possible.",
                self.reason,
                more.join(" and then ")
            ),
        }
    }
}

/// What can lead from `from` to `to`.
#[must_use]
pub fn join(from: ServiceKind, to: ServiceKind) -> Join {
    let kinds = kinds_between(from, to);
    if !kinds.is_empty() {
        return Join::Kinds(kinds);
    }
    Join::Refused(Refusal {
        reason: reason(from, to),
        through: through(from, to),
    })
}

/// Kinds at the ports of one side of a service, those for what failed left out.
fn spoken(kind: ServiceKind, dir: Dir) -> Vec<&'static str> {
    let ports = kind.entry().ports.iter().filter(|port| port.dir == dir);
    ports
        .flat_map(|port| port.kinds.iter().copied())
        .filter(|id| LinkKind::of_id(id).is_some_and(|kind| !kind.entry().aside))
        .collect()
}

fn reason(from: ServiceKind, to: ServiceKind) -> String {
    let (out, into) = (from.entry().name, to.entry().name);
    if to.entry().makes_records() {
        return format!("Nothing leads into {into}: records are made there.");
    }
    let (outs, ins) = (spoken(from, Dir::Out), spoken(to, Dir::In));
    if outs.is_empty() {
        return format!(
            "Nothing leads on from {out}: in this model the way of a record ends there."
        );
    }
    let words = |kinds: &[&'static str], way: fn(&str) -> &'static str| {
        let mut words: Vec<&str> = Vec::new();
        for word in kinds.iter().map(|kind| way(kind)) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(" or ")
    };
    let (outs, ins) = (words(&outs, way_out), words(&ins, way_in));
    format!("From {out} records go {outs}; into {into} they come {ins}.")
}

/// How records leave over a wire of this kind.
fn way_out(kind: &str) -> &'static str {
    match kind {
        "put" => "by calls to an API",
        "write" => "as items of a table",
        "poll" | "push" => "to readers of its log",
        "mapping" | "queue-mapping" => "through an event source mapping",
        "invoke" => "by invoking a function",
        _ => "to a counter, a queue or a server",
    }
}

/// How records come in over a wire of this kind.
fn way_in(kind: &str) -> &'static str {
    match kind {
        "put" => "by calls to its API",
        "write" => "as items that a function writes",
        "poll" | "push" => "from a stream that it reads",
        "mapping" => "from a stream through a mapping",
        "queue-mapping" => "from a queue through a mapping",
        "invoke" => "by an invocation",
        _ => "from a program that hands them over",
    }
}

/// The fewest services that stand between, of those that AWS has first.
fn through(from: ServiceKind, to: ServiceKind) -> Vec<ServiceKind> {
    let on = |a: ServiceKind, b: ServiceKind| {
        kinds_between(a, b)
            .iter()
            .any(|id| LinkKind::of_id(id).is_some_and(|kind| !kind.entry().aside))
    };
    let mut between: Vec<ServiceKind> = ServiceKind::ALL.to_vec();
    order::sort_by_key(&mut between, |kind| !kind.entry().aws);
    let mut ways = VecDeque::from([Vec::new()]);
    while let Some(way) = ways.pop_front() {
        let last = way.last().copied().unwrap_or(from);
        if !way.is_empty() && on(last, to) {
            return way;
        }
        if way.len() < BETWEEN_MAX {
            let next = between
                .iter()
                .filter(|kind| on(last, **kind) && !way.contains(kind));
            ways.extend(next.map(|kind| [way.as_slice(), &[*kind]].concat()));
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::base::sorted::SortedMap;
    use crate::design::Design;
    use crate::design::edit::Edit;

    fn adding(id: &str, kind: ServiceKind) -> Edit {
        Edit::AddNode {
            id: id.to_owned(),
            service: kind.entry().id.to_owned(),
            settings: SortedMap::new(),
        }
    }

    fn wiring(kind: &str, from: &str, to: &str) -> Edit {
        Edit::AddWire {
            id: format!("{from}-to-{to}-{kind}"),
            kind: kind.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            settings: SortedMap::new(),
        }
    }

    fn two(from: ServiceKind, to: ServiceKind) -> Design {
        let both = Edit::Many(vec![adding("a", from), adding("b", to)]);
        Design::default().apply(&both).expect("two nodes")
    }

    fn pairs() -> impl Iterator<Item = (ServiceKind, ServiceKind)> {
        let all = ServiceKind::ALL;
        all.iter()
            .flat_map(move |from| all.iter().map(move |to| (*from, *to)))
    }

    #[test]
    fn every_pair_is_answered_by_kinds_that_work_or_by_a_reason() {
        let (mut joined, mut refused) = (0, 0);
        for (from, to) in pairs() {
            let design = two(from, to);
            match join(from, to) {
                Join::Kinds(kinds) => {
                    joined += 1;
                    for kind in kinds {
                        let made = design.apply(&wiring(kind, "a", "b"));
                        made.unwrap_or_else(|error| panic!("{from:?} {to:?} {kind}: {error}"));
                    }
                }
                Join::Refused(refusal) => {
                    refused += 1;
                    let sentence = refusal.sentence();
                    let named = [from, to]
                        .iter()
                        .any(|end| sentence.contains(end.entry().name));
                    assert!(
                        named && sentence.ends_with('.'),
                        "{from:?} {to:?}: {sentence}"
                    );
                    for kind in LinkKind::ALL {
                        let edit = wiring(kind.entry().id, "a", "b");
                        assert!(design.apply(&edit).is_err(), "{from:?} {to:?} {kind:?}");
                    }
                }
            }
        }
        let all = ServiceKind::ALL.len();
        assert!(joined > 2 * all && refused > 2 * all && joined + refused == all * all);
    }

    #[test]
    fn what_is_proposed_between_makes_it_possible() {
        let mut proposed = 0;
        for (from, to) in pairs() {
            let Join::Refused(refusal) = join(from, to) else {
                continue;
            };
            let ways = refusal.through;
            proposed += usize::from(!ways.is_empty());
            let chain: Vec<ServiceKind> = [from].into_iter().chain(ways).chain([to]).collect();
            for pair in chain.windows(2).filter(|_| chain.len() > 2) {
                let fits = matches!(join(pair[0], pair[1]), Join::Kinds(_));
                assert!(fits, "{from:?} to {to:?}: {pair:?}");
            }
        }
        assert!(proposed > 20, "{proposed}");
    }

    #[test]
    fn a_stream_comes_to_a_table_by_a_function() {
        let of = |id| ServiceKind::of_id(id).expect("a service");
        let Join::Refused(refusal) = join(of("kinesis"), of("dynamodb")) else {
            panic!("no wire leads there");
        };
        assert_eq!(refusal.through, [of("lambda")]);
        assert_eq!(
            refusal.sentence(),
            "From Kinesis Data Streams records go to readers of its log or through an event source mapping; into \
             DynamoDB table they come by calls to its API or as items that a function writes. Lambda between the two \
             makes it possible."
        );
        let Join::Kinds(kinds) = join(of("lambda"), of("dynamodb")) else {
            panic!("a function writes");
        };
        assert_eq!(kinds, ["write", "put"]);
    }
}
