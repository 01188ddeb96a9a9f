//! The ledger as the panel shows it: sums, the sentence of each sink, keys that differ, and what came out of the act.

use super::looking::row;
use super::{Gait, Session, outcome};
use crate::platform::dom;
use crate::ui::seen::{KeyRow, LedgerSeen, Row, SinkSeen};
use crate::ui::text::{fill, t};
use millrace_engine::base::sorted::order;
use millrace_engine::base::units::show_count;
use millrace_engine::base::words::Table;
use millrace_engine::ledger::conservation;
use millrace_engine::ledger::sentence::{english, money};
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::services::books::Sums;
use serde_json::Value;
use std::rc::Rc;
use yew::AttrValue;

/// The books are read at most this often [ms]: counting custody takes time.
const PAUSE_MS: f64 = 500.0;
/// Of the page's time counting takes at most one part in so many.
const SHARE: f64 = 40.0;
/// Keys that are listed, those that differ most.
const KEYS_MAX: usize = 20;

/// What was counted last, and when it is worth counting again.
#[derive(Debug, Default)]
pub(super) struct Books {
    /// Wall time of the next count [ms].
    next_ms: f64,
    seen: Rc<LedgerSeen>,
    /// Whether all of it was counted, and not the line alone.
    whole: bool,
}

impl Books {
    /// The next look counts, however lately the last one did.
    pub(super) fn expire(&mut self) {
        self.next_ms = 0.0;
    }
}

impl Session {
    /// The ledger, counted anew if time enough has passed; while it is folded only its line.
    pub(super) fn ledger(&mut self, now_ms: f64) -> Rc<LedgerSeen> {
        // what stands is counted at once: the figures beside it are of this very time
        let stale = self.books.seen.at != self.run.now();
        let lacks = self.look.ledger && !self.books.whole;
        let stands = lacks || (stale && self.gait == Gait::Still);
        // on its way to another time the world is of neither
        let between = matches!(self.gait, Gait::Seeks(_) | Gait::Scrubs(..));
        if !between && (stands || now_ms >= self.books.next_ms) {
            let began = dom::now_ms();
            let seen = if self.look.ledger {
                self.count()
            } else {
                self.count_folded()
            };
            let took = dom::now_ms() - began;
            self.books = Books {
                next_ms: now_ms + PAUSE_MS.max(took * SHARE),
                seen: Rc::new(seen),
                whole: self.look.ledger,
            };
        }
        Rc::clone(&self.books.seen)
    }

    fn count(&mut self) -> LedgerSeen {
        let report = self.run.figures_report();
        let mut sinks: Vec<SinkSeen> = members(&report["ledger"])
            .map(|(_, sink)| sink_seen(sink))
            .collect();
        // what is wrong is read first
        order::sort_by_key(&mut sinks, |sink| !sink.bad);
        LedgerSeen {
            at: self.run.now(),
            sums: self.sums(),
            sinks,
            came: outcome::seen(&self.came_out(&report)),
            line: self.line(),
            cost: self.cost_seen(),
        }
    }

    /// What is read while the ledger is folded; the rest stays as it was counted last.
    fn count_folded(&self) -> LedgerSeen {
        LedgerSeen {
            at: self.run.now(),
            line: self.line(),
            ..(*self.books.seen).clone()
        }
    }

    /// The sums in one line: what was made is what arrived, is on the way and was given up; in records, then in money
    /// if there is any.
    fn line(&self) -> Vec<AttrValue> {
        let paths = &self.run.engine().machine().floor.books.paths;
        if paths.is_empty() {
            return Vec::new();
        }
        let (mut owed, mut way, mut ended) = (Sums::default(), Sums::default(), Sums::default());
        for path in paths {
            owed.add(path.worth.owed);
            way.add(path.worth.on_its_way());
            path.worth.ended.values().for_each(|sums| ended.add(*sums));
        }
        let part = |key: &str, n: String| AttrValue::from(fill(key, &[("n", &n)]));
        let told = |of: fn(&Sums) -> u64, show: fn(u64) -> String| {
            let (owed, way, ended) = (of(&owed), of(&way), of(&ended));
            let came = owed.saturating_sub(way).saturating_sub(ended);
            [show(owed), show(came), show(way), show(ended)]
        };
        let [all, came, way_n, ended_n] = told(|sums| sums.records, show_count);
        let mut line = vec![
            AttrValue::from(format!("{} {all}", self.made())),
            part("line.came", came),
            part("line.way", way_n),
            part("line.ended", ended_n),
        ];
        if owed.money_cents > 0 {
            let [all, came, way, ended] = told(|sums| sums.money_cents, money);
            let values = [
                ("all", &*all),
                ("came", &*came),
                ("way", &*way),
                ("ended", &*ended),
            ];
            line.push(fill("line.money", &values).into());
        }
        line
    }

    fn sums(&self) -> Vec<Row> {
        let books = conservation::check(self.run.engine());
        let sum = |of: fn(&conservation::PathLine) -> u64| books.paths.iter().map(of).sum::<u64>();
        let ended = sum(|path| path.ended.values().sum());
        let twice = sum(|path| path.delivered_again);
        let mut rows = vec![
            row(self.made(), show_count(sum(|path| path.owed)), false),
            row(
                t("ledger.counted"),
                show_count(sum(|path| path.first_delivered)),
                false,
            ),
            row(
                t("ledger.way"),
                show_count(sum(|path| path.in_custody)),
                false,
            ),
            row(t("ledger.ended"), show_count(ended), ended > 0),
            row(t("ledger.twice"), show_count(twice), twice > 0),
        ];
        if !books.holds {
            rows.push(row(t("ledger.broken"), "", true));
        }
        rows
    }

    /// What the sources make is called: sales where tills count money.
    fn made(&self) -> &'static str {
        let made = &self.run.engine().machine().floor.books.made;
        let money = made.values().any(|sums| sums.money_cents > 0);
        let bank = |node: &NodeFrame| node.kind.entry().id == "terminals";
        t(if money && !self.frame.nodes.iter().any(bank) {
            "ledger.made"
        } else {
            "ledger.records"
        })
    }
}

fn members(of: &Value) -> impl Iterator<Item = (&String, &Value)> {
    of.as_object().into_iter().flatten()
}

fn text(of: &Value) -> AttrValue {
    of.as_str().unwrap_or_default().to_owned().into()
}

fn sink_seen(sink: &Value) -> SinkSeen {
    let words = english();
    let parts = &sink["difference"];
    let lost = by_reason(&parts["lost"], &words);
    let twice = by_reason(&parts["twice"], &words);
    let balance = sink["tracked"] == "balance";
    let differ = if sink["tracked"] == "units" {
        Vec::new()
    } else {
        differing(&sink["keys"], balance)
    };
    SinkSeen {
        sentence: text(&sink["sentence"]),
        bad: !lost.is_empty() || !twice.is_empty(),
        lost,
        twice,
        more: differ.len().saturating_sub(KEYS_MAX),
        keys: differ.into_iter().take(KEYS_MAX).collect(),
        keys_title: t(if balance {
            "ledger.balances"
        } else {
            "ledger.stocks"
        })
        .into(),
    }
}

/// Records and money by reason, the most first.
fn by_reason(parts: &Value, words: &Table) -> Vec<Row> {
    let mut parts: Vec<(u64, u64, String)> = members(parts)
        .map(|(reason, sums)| {
            let of = |key: &str| sums[key].as_u64().unwrap_or(0);
            let why = words.get(&format!("reason.{reason}"));
            (of("records"), of("money_cents"), why)
        })
        .collect();
    order::sort_by(&mut parts, |a, b| b.0.cmp(&a.0).then_with(|| a.2.cmp(&b.2)));
    let told = parts.into_iter().map(|(records, cents, why)| {
        let n = show_count(records);
        let value = if cents > 0 {
            fill("ledger.worth", &[("n", &n), ("money", &money(cents))])
        } else {
            n
        };
        row(why, value, true)
    });
    told.collect()
}

/// Keys whose belief is not the truth, the largest difference first.
fn differing(keys: &Value, in_cents: bool) -> Vec<KeyRow> {
    let mut wrong: Vec<(u64, &String, i64, i64)> = members(keys)
        .filter_map(|(key, pair)| {
            let (made, believed) = (pair["true"].as_i64()?, pair["believed"].as_i64()?);
            (made != believed).then_some((made.abs_diff(believed), key, made, believed))
        })
        .collect();
    order::sort_by(&mut wrong, |a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let show = |value: i64| -> AttrValue {
        let size = value.unsigned_abs();
        let sign = if value < 0 { "-" } else { "" };
        let digits = if in_cents {
            money(size)
        } else {
            show_count(size)
        };
        format!("{sign}{digits}").into()
    };
    let rows = wrong.into_iter().map(|(_, key, made, believed)| KeyRow {
        key: key.clone().into(),
        truth: show(made),
        believed: show(believed),
        off: {
            let off = show(believed.saturating_sub(made));
            if believed > made {
                format!("+{off}").into()
            } else {
                off
            }
        },
    });
    rows.collect()
}
