//! How many shards the load of a stream needs, worked out beside the run, a little in each frame.

use super::Session;
use super::looking::row;
use crate::platform::dom;
use crate::ui::seen::{Row, Sized};
use crate::ui::text::{fill, find, t};
use millrace_engine::base::time::{MINUTE, Us, show_span};
use millrace_engine::base::units::{show_bytes, show_count};
use millrace_engine::design::edit::Edit;
use millrace_engine::run::sizing::{SEEDS, SHARDS_MAX, Sizer, Sizing};
use millrace_engine::services::AnyConfig;
use millrace_engine::services::talk::NodeId;
use std::rc::Rc;
use yew::AttrValue;

/// Most wall time that it may take in a frame while the run plays [ms].
const BUDGET_MS: f64 = 5.0;
/// The same while the run stands: nothing but the page's own answers is waited for.
const BUDGET_AT_REST_MS: f64 = 13.0;
/// Steps between two looks at the wall clock.
const STEPS_A_LOOK: u32 = 16;
/// A load that has no end is followed for at least this long.
const LOAD_MIN: Us = 10 * MINUTE;

/// What is known of the shards that a stream needs.
#[derive(Debug, Default)]
pub(super) enum Size {
    /// Nobody asked.
    #[default]
    Unasked,
    /// It is being worked out for the node with this id.
    Working(String, Box<Sizer>),
    /// The answer for a node, and how long a load it is for.
    Known(String, Sized),
}

impl Session {
    /// Works out how many shards a stream needs for the design at the cursor.
    pub(crate) fn size(&mut self, id: &str) {
        let design = self.run.design();
        let until = self.load_ends();
        self.size = match Sizer::new(design, Some(id), until, SEEDS) {
            Ok(sizer) => Size::Working(id.to_owned(), Box::new(sizer)),
            Err(why) => Size::Known(id.to_owned(), Sized::Not(why.into())),
        };
    }

    /// How long the load is: a trace's whole length, or the run so far.
    fn load_ends(&self) -> Us {
        let design = self.run.design();
        let traced = design.nodes.iter().filter_map(|node| {
            let fields = node.config.kind().fields();
            let ix = fields.iter().position(|field| field.key == "trace")?;
            let value = node.config.get(ix);
            design.traces.get(value.text().ok()?)?.end()
        });
        let run = || self.run.head().max(LOAD_MIN);
        traced.max().unwrap_or_else(run)
    }

    /// The answer holds for another design than this will be.
    pub(super) fn size_stale(&mut self, edit: &Edit) {
        if !matches!(edit, Edit::Set { field, .. } if field == "shards") {
            self.size = Size::Unasked;
        }
    }

    /// Goes on for a part of a frame.
    pub(super) fn size_on(&mut self) {
        let budget_ms = if self.playing() {
            BUDGET_MS
        } else {
            BUDGET_AT_REST_MS
        };
        let Size::Working(id, sizer) = &mut self.size else {
            return;
        };
        let until_ms = dom::now_ms() + budget_ms;
        while !sizer.advance(STEPS_A_LOOK) {
            if dom::now_ms() >= until_ms {
                return;
            }
        }
        let id = std::mem::take(id);
        if let Size::Working(_, sizer) = std::mem::take(&mut self.size) {
            self.size = Size::Known(id, found(&sizer.answer()));
        }
    }

    /// What is known of a node; `None` if it is no stream that a source puts into.
    pub(super) fn sized(&self, node: NodeId) -> Option<Sized> {
        let frame = self.frame.nodes.iter().find(|frame| frame.id == node)?;
        let design = self.run.design();
        let name = &*frame.name;
        let AnyConfig::Kinesis(_) = design.node(name)?.config else {
            return None;
        };
        let fed = design.wires.iter().any(|wire| {
            let source = design.node(&wire.from);
            let makes = source.is_some_and(|node| node.config.kind().entry().makes_records());
            wire.to == name && makes
        });
        match &self.size {
            Size::Working(id, sizer) if id == name => Some(Sized::Working(sizer.done() / 10)),
            Size::Known(id, sized) if id == name => Some(sized.clone()),
            _ => fed.then(|| Sized::Unasked(span(self.load_ends()))),
        }
    }
}

fn span(us: Us) -> AttrValue {
    show_span(us).into()
}

/// The answer in rows.
fn found(sizing: &Sizing) -> Sized {
    let shards = |n: Option<u32>| match n {
        Some(1) => t("sized.shard").to_owned(),
        Some(n) => fill("sized.shards", &[("n", &show_count(n.into()))]),
        None => fill("sized.more", &[("n", &show_count(SHARDS_MAX.into()))]),
    };
    let (mean, needed) = &sizing.average;
    let load = |records: u64, bytes: u64| {
        let (n, size) = (show_count(records), show_bytes(bytes));
        fill("sized.load", &[("n", &n), ("bytes", &size)])
    };
    let hinted = |key: &str, value: String| Row {
        hint: find(&format!("{key}.help")).map(AttrValue::from),
        ..row(t(key), value, false)
    };
    let by_average = u32::try_from(needed.shards()).ok();
    let few = by_average
        .zip(sizing.smallest)
        .is_none_or(|(average, least)| average < least);
    let rows = vec![
        hinted("sized.smallest", shards(sizing.smallest)),
        hinted("sized.headroom", shards(sizing.with_headroom)),
        hinted(
            "sized.binds",
            t(&format!("sized.binds.{}", sizing.binds)).to_owned(),
        ),
        Row {
            bad: few,
            ..hinted("sized.average", shards(by_average))
        },
        hinted("sized.mean", load(mean.records_s, mean.bytes_s)),
        hinted(
            "sized.peak",
            load(sizing.peak.records_s, sizing.peak.bytes_s),
        ),
    ];
    Sized::Found {
        rows: Rc::new(rows),
        shards: sizing.smallest,
        load: span(sizing.until),
    }
}
