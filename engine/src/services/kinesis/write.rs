//! PutRecord and PutRecords: routing, two buckets a shard, partial failure.

use super::shard::Limits;
use super::{Config, Kinesis, arguments, figures, metric};
use crate::base::sorted::SortedMap;
use crate::base::units::KIB;
use crate::services::cx::Cx;
use crate::services::facts::Fact;
use crate::services::talk::{Failed, Parcel, Reason, Reply, WireId};

/// What one call brought, for the metrics.
#[derive(Debug, Default)]
struct CallSum {
    accepted: u64,
    throttled: u64,
    too_large: u64,
    /// By shard: records in, bytes in, records refused.
    by_shard: SortedMap<u32, (u64, u64, u64)>,
}

/// The limits of a shard under the rules and settings.
pub(super) fn limits(config: &Config, cx: &Cx<'_, '_>) -> Limits {
    let largest = cx.figure(&figures::RECORD_LARGEST);
    Limits {
        records: cx.figure(&figures::WRITE_RECORDS),
        bytes: cx.figure(&figures::WRITE_BYTES),
        burst: cx.figure(&figures::LARGE_BURST),
        ordinary: cx.figure(&figures::ORDINARY_RECORD),
        record: largest.min(u64::from(config.max_record_kib) * KIB),
    }
}

impl Kinesis {
    /// Tries every entry in order.
    pub(super) fn put(
        &mut self,
        config: &Config,
        wire: WireId,
        entries: Vec<Parcel>,
        batched: bool,
        cx: &mut Cx<'_, '_>,
    ) -> Reply {
        let limits = limits(config, cx);
        if let Some(reason) = whole_call(&entries, batched, &limits, cx) {
            return Reply::Refused {
                reason,
                back: entries,
            };
        }
        let mut sum = CallSum::default();
        let mut failed = Vec::new();
        for parcel in entries {
            self.put_one(&parcel, &limits, &mut sum, &mut failed, wire, cx);
        }
        let readers = self.subscribers.len() as u64;
        if sum.accepted > 0 {
            cx.took(sum.accepted);
            if readers > 1 {
                cx.created(Reason::FanOut, sum.accepted * (readers - 1));
            }
            self.plan_sweep(config, cx);
            self.plan_budget(cx);
        }
        count(&sum, batched, cx);
        Reply::Put { failed }
    }

    fn put_one(
        &mut self,
        parcel: &Parcel,
        limits: &Limits,
        sum: &mut CallSum,
        failed: &mut Vec<Failed>,
        wire: WireId,
        cx: &mut Cx<'_, '_>,
    ) {
        let (now, node) = (cx.now(), cx.node());
        let lane = cx.lanes().get(parcel.lane);
        let size = u64::from(parcel.bytes_each) + u64::from(lane.key_bytes);
        let slot = self.slot_of(parcel.lane, lane.hash);
        let shard = &mut self.shards[slot];
        if size > limits.record {
            sum.too_large += u64::from(parcel.n);
            failed.push(Failed {
                parcel: *parcel,
                reason: Reason::TooLarge,
            });
            return;
        }
        let verdict = shard.admit(parcel.n, size, limits, now);
        let (head, tail) = parcel.split(verdict.n);
        let id = shard.id;
        let cell = sum.by_shard.entry(id).or_default();
        if let Some(head) = head {
            let n = u64::from(head.n);
            sum.accepted += n;
            *cell = (cell.0 + n, cell.1 + n * size, cell.2);
            let ordinal = shard.log.push(head, now);
            let units = u64::from(head.bytes_each)
                .div_ceil(figures::UNIT_BYTES)
                .max(1);
            self.meter.put_units += n * units;
            cx.note(Fact::Admitted {
                node,
                lane: id,
                parcel: head,
                ordinal,
            });
            if self.subscribers.is_empty() {
                // a stream that nobody reads is where the way of its records ends
                cx.delivered(wire, &head, u64::MAX);
            } else {
                self.plan_pushes(slot, cx);
            }
        }
        if let Some(tail) = tail {
            sum.throttled += u64::from(tail.n);
            cell_refused(&mut sum.by_shard, id, tail.n);
            let (lane, reason) = (Some(id), verdict.reason);
            let (had, needed, limit_per_s) = (verdict.had, verdict.needed, verdict.limit);
            cx.note(Fact::Refused {
                node,
                lane,
                reason,
                parcel: tail,
                had,
                needed,
                limit_per_s,
            });
            failed.push(Failed {
                parcel: tail,
                reason,
            });
        }
    }
}

fn cell_refused(by_shard: &mut SortedMap<u32, (u64, u64, u64)>, id: u32, n: u32) {
    by_shard.entry(id).or_default().2 += u64::from(n);
}

/// Why the call as a whole is refused, before any entry is tried.
fn whole_call(
    entries: &[Parcel],
    batched: bool,
    limits: &Limits,
    cx: &Cx<'_, '_>,
) -> Option<Reason> {
    let mut records = 0_u64;
    let mut bytes = 0_u64;
    let mut too_large = false;
    let key_chars = arguments::key_chars(cx.rules());
    for parcel in entries {
        let lane = cx.lanes().get(parcel.lane);
        if !arguments::key_has(lane, key_chars) {
            return Some(Reason::Malformed);
        }
        let size = u64::from(parcel.bytes_each) + u64::from(lane.key_bytes);
        records += u64::from(parcel.n);
        bytes = bytes.saturating_add(size.saturating_mul(u64::from(parcel.n)));
        too_large |= size > limits.record;
    }
    if !batched {
        return None;
    }
    if records == 0 || records > cx.figure(&figures::CALL_RECORDS) {
        return Some(Reason::Malformed);
    }
    if too_large && cx.figure(&figures::OVERSIZED_ALONE) == 0 {
        return Some(Reason::TooLarge);
    }
    (bytes > cx.figure(&figures::CALL_BYTES)).then_some(Reason::CallTooLarge)
}

fn count(sum: &CallSum, batched: bool, cx: &mut Cx<'_, '_>) {
    for (shard, (records, bytes, refused)) in &sum.by_shard {
        if *records > 0 {
            cx.count(metric::INCOMING_RECORDS, Some(*shard), *records);
            cx.count(metric::INCOMING_BYTES, Some(*shard), *bytes);
        }
        if *refused > 0 {
            cx.count(metric::WRITE_EXCEEDED, Some(*shard), *refused);
        }
    }
    if !batched {
        cx.count(metric::PUT_RECORD_SUCCESS, None, sum.accepted);
        return;
    }
    let total = sum.accepted + sum.throttled + sum.too_large;
    cx.count(metric::PUT_RECORDS_TOTAL, None, total);
    cx.count(metric::PUT_RECORDS_SUCCESSFUL, None, sum.accepted);
    cx.count(
        metric::PUT_RECORDS_SUCCESS,
        None,
        u64::from(sum.accepted > 0),
    );
    if sum.throttled > 0 {
        cx.count(metric::PUT_RECORDS_THROTTLED, None, sum.throttled);
    }
}
