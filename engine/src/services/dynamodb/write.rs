//! PutItem, UpdateItem, DeleteItem, BatchWriteItem, TransactWriteItems: what is admitted, what an
//! item makes of it, what the answer says.
//!
//! Long: a write goes through one order of checks, told in that order.

use super::capacity::{Verdict, Way};
use super::items::{Became, Job};
use super::settings::{Config, ItemOf};
use super::units::{self, UNIT};
use super::{DynamoDb, figures, metric};
use crate::base::rng::mix;
use crate::base::sorted::{SortedMap, SortedSet};
use crate::services::cx::Cx;
use crate::services::facts::Fact;
use crate::services::payload::{Act, Subject};
use crate::services::talk::{
    Condition, Failed, Parcel, Read, Reason, Reply, WireId, Write, WriteCall, WriteOp, push_joined,
};

/// How a put from a source is written.
const PUT: Write = Write {
    op: WriteOp::Put,
    condition: Condition::None,
    not_below_zero: false,
    call: WriteCall::Single,
};

/// What became of one request.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    made: Vec<Parcel>,
    same: Vec<Parcel>,
    failed: Vec<Failed>,
    /// By partition: milli-units consumed, writes throttled.
    by_slot: SortedMap<u32, (u64, u64)>,
    /// Writes throttled, by reason.
    throttled: SortedMap<Reason, u64>,
    /// Milli-units consumed by the index, writes throttled by it.
    index: (u64, u64),
    /// Requests of which nothing was done for lack of units.
    thrown: u64,
    conditions: u64,
    conflicts: u64,
    invalid: u64,
}

impl Outcome {
    fn fail(&mut self, parcel: Parcel, reason: Reason) {
        if let Some(last) = self.failed.last_mut()
            && last.reason == reason
            && let Some(joined) = last.parcel.join(&parcel)
        {
            last.parcel = joined;
            return;
        }
        self.failed.push(Failed { parcel, reason });
    }

    fn throttle(&mut self, slot: u32, parcel: Parcel, reason: Reason) {
        let n = u64::from(parcel.n);
        self.by_slot.entry(slot).or_default().1 += n;
        *self.throttled.entry(reason).or_default() += n;
        self.fail(parcel, reason);
    }

    fn throttled_sum(&self) -> u64 {
        self.throttled.values().sum()
    }
}

/// A write as the limiters see it.
#[derive(Clone, Copy, Debug)]
struct Load {
    slot: usize,
    each: u64,
    /// Partition of the index, and milli-units there.
    index: Option<(usize, u64)>,
}

impl DynamoDb {
    /// PutItem and BatchWriteItem from a source.
    pub(super) fn put(
        &mut self,
        config: &Config,
        wire: WireId,
        entries: Vec<Parcel>,
        batched: bool,
        cx: &mut Cx<'_, '_>,
    ) -> Reply {
        let reads: Vec<Read> = entries.iter().map(|parcel| Read::loose(*parcel)).collect();
        let call = if batched {
            WriteCall::Batch
        } else {
            WriteCall::Single
        };
        self.write(config, wire, &reads, Write { call, ..PUT }, cx)
    }

    /// Why a BatchWriteItem is refused as a whole.
    fn malformed(&self, config: &Config, reads: &[Read], cx: &Cx<'_, '_>) -> Option<Reason> {
        let records: u64 = reads.iter().map(|read| u64::from(read.parcel.n)).sum();
        if records > cx.figure(&figures::BATCH_WRITES) {
            return Some(Reason::Malformed);
        }
        let mut bytes = 0;
        let mut keys = SortedSet::new();
        for read in reads {
            let lane = cx.lanes().get(read.parcel.lane);
            let size = u64::from(read.parcel.bytes_each) + u64::from(lane.key_bytes);
            bytes += size * u64::from(read.parcel.n);
            if size > cx.figure(&figures::ITEM_BYTES) {
                return Some(Reason::TooLarge);
            }
            let shared = config.item != ItemOf::Record;
            let fresh = |read: Read| keys.insert(key_of(config.item, &read.parcel, cx));
            if shared && !each_record(read).all(fresh) {
                return Some(Reason::Invalid);
            }
        }
        (bytes > cx.figure(&figures::BATCH_BYTES)).then_some(Reason::CallTooLarge)
    }

    /// Writes of a function, one item a record.
    pub(super) fn write(
        &mut self,
        config: &Config,
        wire: WireId,
        reads: &[Read],
        write: Write,
        cx: &mut Cx<'_, '_>,
    ) -> Reply {
        let back = || reads.iter().map(|read| read.parcel).collect();
        let plain = write.condition == Condition::None && !write.not_below_zero;
        if write.call == WriteCall::Batch && (!plain || write.op == WriteOp::Add) {
            // BatchWriteItem knows neither conditions nor updates
            cx.count(metric::USER_ERRORS, None, 1);
            let reason = Reason::Invalid;
            return Reply::Refused {
                reason,
                back: back(),
            };
        }
        let malformed = (write.call == WriteCall::Batch)
            .then(|| self.malformed(config, reads, cx))
            .flatten();
        if let Some(reason) = malformed {
            cx.count(metric::USER_ERRORS, None, 1);
            return Reply::Refused {
                reason,
                back: back(),
            };
        }
        self.roll(cx.now());
        let mut out = Outcome::default();
        match write.call {
            WriteCall::Single => {
                for read in reads {
                    self.write_run(config, read, &write, &mut out, cx);
                }
                out.thrown = out.throttled_sum();
            }
            WriteCall::Batch => self.write_batches(config, reads, &write, &mut out, cx),
            WriteCall::Transact => self.transact(config, reads, &write, &mut out, cx),
        }
        self.settle(config, wire, &out, cx);
        let nothing = out.made.is_empty() && out.same.is_empty();
        let only = out.failed.first().map(|failed| failed.reason);
        let thrown = write.call == WriteCall::Batch
            && nothing
            && only.is_some_and(|reason| out.failed.iter().all(|f| f.reason == reason));
        match only {
            Some(reason) if thrown => Reply::Refused {
                reason,
                back: back(),
            },
            _ => Reply::Put { failed: out.failed },
        }
    }

    /// Cuts into calls of 25.
    fn write_batches(
        &mut self,
        config: &Config,
        reads: &[Read],
        write: &Write,
        out: &mut Outcome,
        cx: &mut Cx<'_, '_>,
    ) {
        let most = cx.figure(&figures::BATCH_WRITES).max(1);
        let (mut room, mut sent, mut before) = (most, 0, 0);
        for read in reads {
            let mut rest = Some(*read);
            while let Some(open) = rest {
                let (head, tail) = cut(&open, u32::try_from(room).unwrap_or(u32::MAX));
                if let Some(head) = head {
                    room -= u64::from(head.parcel.n);
                    sent += u64::from(head.parcel.n);
                    self.write_run(config, &head, write, out, cx);
                }
                rest = tail;
                if room == 0 {
                    out.thrown += u64::from(out.throttled_sum() - before == sent);
                    (room, sent, before) = (most, 0, out.throttled_sum());
                }
            }
        }
        out.thrown += u64::from(sent > 0 && out.throttled_sum() - before == sent);
    }

    /// Writes records that no other holds together with.
    fn write_run(
        &mut self,
        config: &Config,
        read: &Read,
        write: &Write,
        out: &mut Outcome,
        cx: &mut Cx<'_, '_>,
    ) {
        let mut rest = Some(*read);
        while let Some(open) = rest {
            let n = self.alike(config, &open, write, cx);
            let (head, tail) = cut(&open, n);
            if let Some(head) = head {
                self.write_alike(config, &head, write, out, cx);
            }
            rest = tail;
        }
    }

    /// How many records from the first on fall into one partition at the same price.
    fn alike(&self, config: &Config, read: &Read, write: &Write, cx: &Cx<'_, '_>) -> u32 {
        let subject = cx.lanes().get(read.parcel.lane).subject;
        let spread = |of: ItemOf, partitions: usize| match of {
            ItemOf::Record => partitions > 1,
            ItemOf::Key => false,
            ItemOf::Product | ItemOf::Account => subject == Subject::Any,
        };
        let index = self.index.as_ref().zip(config.index);
        if spread(config.item, self.capacity.partitions.len())
            || index.is_some_and(|(index, of)| spread(of, index.partitions.len()))
        {
            return 1;
        }
        let before = match config.item {
            ItemOf::Record => 0,
            _ => self.items.bytes_of(key_of(config.item, &read.parcel, cx)),
        };
        if before > size_after(config, &read.parcel, write, cx) {
            1
        } else {
            read.parcel.n
        }
    }

    /// Partition and price of a write.
    fn load(&self, config: &Config, read: &Read, write: &Write, cx: &Cx<'_, '_>) -> Load {
        let after = size_after(config, &read.parcel, write, cx);
        let before = match config.item {
            ItemOf::Record => after,
            _ => self.items.bytes_of(key_of(config.item, &read.parcel, cx)),
        };
        let transaction = write.call == WriteCall::Transact;
        let gone = write.op == WriteOp::Delete;
        let kept = if gone { 0 } else { after };
        let mut each = units::write(cx.rules(), before, kept, transaction);
        if transaction && write.condition == Condition::EventId {
            // the id is put as an item of its own in the same transaction
            each += units::write(cx.rules(), 0, 1, true);
        }
        let index = self.index.as_ref().zip(config.index).map(|(index, of)| {
            let bytes = match u64::from(config.index_bytes) {
                0 => after,
                bytes => bytes.min(after),
            };
            let slot = index.slot(place(of, &read.parcel, cx));
            (slot, units::write(cx.rules(), 0, bytes, false))
        });
        let slot = self.capacity.slot(place(config.item, &read.parcel, cx));
        Load { slot, each, index }
    }

    /// How many writes of this load have room, and what binds.
    fn room(&self, load: &Load, cx: &Cx<'_, '_>) -> (u64, Verdict, bool) {
        let now = cx.now();
        let (room, verdict) = self.capacity.room(Way::Write, load.slot, load.each, now);
        let Some((index, (slot, each))) = self.index.as_ref().zip(load.index) else {
            return (room, verdict, false);
        };
        let (there, bound) = index.room(Way::Write, slot, each, now);
        if there < room {
            (there, bound, true)
        } else {
            (room, verdict, false)
        }
    }

    /// Takes the units of `n` writes.
    fn consume(&mut self, load: &Load, n: u64, out: &mut Outcome, cx: &Cx<'_, '_>) {
        let now = cx.now();
        let milli = n * load.each;
        self.capacity.take(Way::Write, load.slot, milli, now);
        out.by_slot.entry(load.slot as u32).or_default().0 += milli;
        self.pulse.add(now, milli);
        self.meter.write(&self.capacity, milli);
        if let Some((index, (slot, each))) = self.index.as_mut().zip(load.index) {
            index.take(Way::Write, slot, n * each, now);
            out.index.0 += n * each;
            self.meter.write(&self.capacity, n * each);
        }
    }

    /// Records of one partition at one price.
    fn write_alike(
        &mut self,
        config: &Config,
        read: &Read,
        write: &Write,
        out: &mut Outcome,
        cx: &mut Cx<'_, '_>,
    ) {
        let now = cx.now();
        if size_after(config, &read.parcel, write, cx) > cx.figure(&figures::ITEM_BYTES) {
            out.invalid += u64::from(read.parcel.n);
            out.fail(read.parcel, Reason::TooLarge);
            return;
        }
        if self.is_held(config, &read.parcel, cx) {
            out.conflicts += u64::from(read.parcel.n);
            out.fail(read.parcel, Reason::TransactionConflict);
            return;
        }
        let load = self.load(config, read, write, cx);
        let (room, verdict, by_index) = self.room(&load, cx);
        let (head, tail) = cut(read, u32::try_from(room).unwrap_or(u32::MAX));
        self.capacity.partitions[load.slot].tried += u64::from(read.parcel.n);
        if let Some(head) = head {
            let n = u64::from(head.parcel.n);
            self.consume(&load, n, out, cx);
            let partition = &mut self.capacity.partitions[load.slot];
            partition.admitted += n;
            partition.bytes += n * u64::from(head.parcel.bytes_each);
            self.apply(config, &head, write, out, cx);
        }
        if let Some(tail) = tail {
            self.refused_at = Some(now);
            if by_index {
                out.index.1 += u64::from(tail.parcel.n);
            }
            refused(&load, &verdict, tail.parcel, cx);
            out.throttle(load.slot as u32, tail.parcel, verdict.reason);
        }
    }

    /// What the items make of writes that were admitted.
    fn apply(
        &mut self,
        config: &Config,
        read: &Read,
        write: &Write,
        out: &mut Outcome,
        cx: &Cx<'_, '_>,
    ) {
        let amount = amounts(&read.parcel, cx);
        let job = job(config, read, write, &amount, cx);
        let parcel = &read.parcel;
        self.items.write(config.item, &job, &mut |range, became| {
            let part = Job::part(parcel, &range);
            match became {
                Became::Made => push_joined(&mut out.made, part),
                Became::Same => push_joined(&mut out.same, part),
                Became::Failed => {
                    out.conditions += u64::from(part.n);
                    out.fail(part, Reason::ConditionFailed);
                }
            }
        });
    }

    /// Transactions: of one record and its event id each, or of as many records as a call takes
    /// and as have items of their own.
    fn transact(
        &mut self,
        config: &Config,
        reads: &[Read],
        write: &Write,
        out: &mut Outcome,
        cx: &mut Cx<'_, '_>,
    ) {
        let most = if write.condition == Condition::EventId {
            1
        } else {
            cx.figure(&figures::TRANSACTION_WRITES)
        };
        let most_bytes = cx.figure(&figures::TRANSACTION_BYTES);
        let (mut group, mut keys, mut bytes) = (Vec::new(), SortedSet::new(), 0);
        for record in reads.iter().flat_map(each_record) {
            let shared = config.item != ItemOf::Record;
            let key = key_of(config.item, &record.parcel, cx);
            let size = size_after(config, &record.parcel, write, cx);
            let full = group.len() as u64 >= most
                || bytes + size > most_bytes
                || (shared && keys.contains(&key));
            if full && !group.is_empty() {
                self.transaction(config, &group, write, out, cx);
                group.clear();
                keys.clear();
                bytes = 0;
            }
            bytes += size;
            keys.insert(key);
            group.push(record);
        }
        if !group.is_empty() {
            self.transaction(config, &group, write, out, cx);
        }
    }

    /// All or none.
    fn transaction(
        &mut self,
        config: &Config,
        group: &[Read],
        write: &Write,
        out: &mut Outcome,
        cx: &mut Cx<'_, '_>,
    ) {
        let largest = cx.figure(&figures::ITEM_BYTES);
        let oversized = |read: &&Read| size_after(config, &read.parcel, write, cx) > largest;
        if group.iter().any(|read| oversized(&read)) {
            out.invalid += group.len() as u64;
            for read in group {
                out.fail(read.parcel, Reason::TooLarge);
            }
            return;
        }
        let loads: Vec<Load> = group
            .iter()
            .map(|read| self.load(config, read, write, cx))
            .collect();
        for (load, read) in loads.iter().zip(group) {
            self.capacity.partitions[load.slot].tried += u64::from(read.parcel.n);
        }
        if let Some((load, verdict, by_index)) = self.lacking(&loads, cx) {
            self.refused_at = Some(cx.now());
            out.thrown += 1;
            for read in group {
                refused(&load, &verdict, read.parcel, cx);
                out.index.1 += u64::from(by_index);
                out.throttle(load.slot as u32, read.parcel, verdict.reason);
            }
            return;
        }
        for load in &loads {
            self.consume(load, 1, out, cx);
        }
        let held = group
            .iter()
            .any(|read| self.is_held(config, &read.parcel, cx));
        let fails: Vec<bool> = group
            .iter()
            .map(|read| {
                let amount = amounts(&read.parcel, cx);
                let job = job(config, read, write, &amount, cx);
                !self.items.would(config.item, &job)
            })
            .collect();
        if held || fails.contains(&true) {
            for (read, fails) in group.iter().zip(fails) {
                let reason = if fails && !held {
                    out.conditions += 1;
                    Reason::ConditionFailed
                } else {
                    out.conflicts += 1;
                    Reason::TransactionConflict
                };
                out.fail(read.parcel, reason);
            }
            return;
        }
        for (load, read) in loads.iter().zip(group) {
            let partition = &mut self.capacity.partitions[load.slot];
            partition.admitted += 1;
            partition.bytes += u64::from(read.parcel.bytes_each);
            self.apply(config, read, write, out, cx);
            self.hold(config, &read.parcel, cx);
        }
    }

    /// The first of some loads for which, together, units are lacking.
    fn lacking(&self, loads: &[Load], cx: &Cx<'_, '_>) -> Option<(Load, Verdict, bool)> {
        if let [load] = loads {
            let (room, verdict, by_index) = self.room(load, cx);
            return (room == 0).then_some((*load, verdict, by_index));
        }
        let mut trial = (self.capacity.clone(), self.index.clone());
        for load in loads {
            let (room, verdict) = trial.0.room(Way::Write, load.slot, load.each, cx.now());
            if room == 0 {
                return Some((*load, verdict, false));
            }
            trial.0.take(Way::Write, load.slot, load.each, cx.now());
            if let Some((index, (slot, each))) = trial.1.as_mut().zip(load.index) {
                let (room, verdict) = index.room(Way::Write, slot, each, cx.now());
                if room == 0 {
                    return Some((*load, verdict, true));
                }
                index.take(Way::Write, slot, each, cx.now());
            }
        }
        None
    }

    /// Whether a transaction of another call holds the item.
    fn is_held(&self, config: &Config, parcel: &Parcel, cx: &Cx<'_, '_>) -> bool {
        config.item != ItemOf::Record
            && self
                .held
                .get(&key_of(config.item, parcel, cx))
                .is_some_and(|(until, turn)| *until > cx.now() && *turn != self.turn)
    }

    fn hold(&mut self, config: &Config, parcel: &Parcel, cx: &Cx<'_, '_>) {
        if config.item != ItemOf::Record {
            let until = cx.now() + cx.figure(&figures::TRANSACTION_HOLD);
            let key = key_of(config.item, parcel, cx);
            self.held.insert(key, (until, self.turn));
        }
    }

    /// Books and metrics of one request.
    fn settle(&mut self, config: &Config, wire: WireId, out: &Outcome, cx: &mut Cx<'_, '_>) {
        let sum = |parcels: &[Parcel]| parcels.iter().map(|p| u64::from(p.n)).sum::<u64>();
        let n = sum(&out.made) + sum(&out.same);
        if n > 0 {
            cx.took(n);
        }
        for parcel in &out.made {
            cx.delivered(wire, parcel, config.late_after);
        }
        for parcel in &out.same {
            cx.overwritten(wire, parcel, config.late_after);
        }
        count(out, cx);
    }
}

fn job<'a>(
    config: &Config,
    read: &'a Read,
    write: &'a Write,
    amount: &'a dyn Fn(u64) -> i64,
    cx: &Cx<'_, '_>,
) -> Job<'a> {
    Job {
        read,
        key: key_of(config.item, &read.parcel, cx),
        bytes: size_after(config, &read.parcel, write, cx),
        write,
        initial: config.initial,
        amount,
    }
}

/// What each record of a parcel adds to the number of its item: sales take from the stock,
/// payments and withdrawals from the balance; what only counts adds one.
fn amounts<'a>(parcel: &Parcel, cx: &'a Cx<'_, '_>) -> impl Fn(u64) -> i64 + 'a {
    let (seed, lane, op) = (cx.seed(), parcel.lane, parcel.op);
    move |record| {
        let payload = cx.lanes().payload(seed, lane, record, op);
        match payload.act {
            Act::Count => 1,
            Act::Sale => payload.stock_change(),
            Act::Payment | Act::Deposit | Act::Withdrawal => payload.balance_change(),
        }
    }
}

/// The key of the item that the records of a parcel share; of items a record each it is no more
/// than where they lie. The first record speaks for all.
fn key_of(of: ItemOf, parcel: &Parcel, cx: &Cx<'_, '_>) -> u128 {
    let lane = cx.lanes().get(parcel.lane);
    let payload = || {
        cx.lanes()
            .payload(cx.seed(), parcel.lane, parcel.first, parcel.op)
    };
    match of {
        ItemOf::Record | ItemOf::Key => lane.hash,
        ItemOf::Product => u128::from(payload().product),
        ItemOf::Account => u128::from(payload().account),
    }
}

/// Bits of an item's place in the hash range.
fn place(of: ItemOf, parcel: &Parcel, cx: &Cx<'_, '_>) -> u64 {
    let spot = spot(of, key_of(of, parcel, cx));
    match of {
        ItemOf::Record => mix(spot.wrapping_add(mix(parcel.first ^ ODD))),
        _ => spot,
    }
}

/// 2^64 over the golden ratio: spreads small numbers.
const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Bits of a key's place in the hash range.
pub(super) fn spot(of: ItemOf, key: u128) -> u64 {
    let folded = (key >> 64) as u64 ^ key as u64;
    match of {
        ItemOf::Record | ItemOf::Key => folded,
        ItemOf::Product | ItemOf::Account => mix(folded.wrapping_mul(ODD)),
    }
}

/// Bytes of the item after a write [B].
fn size_after(config: &Config, parcel: &Parcel, write: &Write, cx: &Cx<'_, '_>) -> u64 {
    if write.op == WriteOp::Add && config.item != ItemOf::Record {
        return u64::from(config.item_bytes);
    }
    let key = cx.lanes().get(parcel.lane).key_bytes;
    u64::from(parcel.bytes_each) + u64::from(key)
}

/// Cuts off the first `n` records.
fn cut(read: &Read, n: u32) -> (Option<Read>, Option<Read>) {
    let (head, tail) = read.parcel.split(n);
    let behind = u64::from(head.map_or(0, |head| head.n));
    let head = head.map(|parcel| Read { parcel, ..*read });
    let tail = tail.map(|parcel| Read {
        parcel,
        ordinal: read.ordinal + behind,
        ..*read
    });
    (head, tail)
}

/// The records one by one.
fn each_record(read: &Read) -> impl Iterator<Item = Read> + '_ {
    (0..read.parcel.n).map(|i| Read {
        parcel: read.parcel.part(i, 1),
        ordinal: read.ordinal + u64::from(i),
        ..*read
    })
}

/// Tells of a refusal in whole units.
fn refused(load: &Load, verdict: &Verdict, parcel: Parcel, cx: &mut Cx<'_, '_>) {
    let node = cx.node();
    cx.note(Fact::Refused {
        node,
        lane: Some(load.slot as u32),
        reason: verdict.reason,
        parcel,
        had: verdict.had / UNIT,
        needed: load.each.div_ceil(UNIT),
        limit_per_s: verdict.per_s / UNIT,
    });
}

fn count(out: &Outcome, cx: &mut Cx<'_, '_>) {
    for (slot, (milli, throttled)) in &out.by_slot {
        if *milli > 0 {
            cx.count(metric::CONSUMED_WRITE, Some(*slot), milli / UNIT);
        }
        if *throttled > 0 {
            cx.count(metric::WRITE_THROTTLE, Some(*slot), *throttled);
        }
    }
    for (reason, n) in &out.throttled {
        if let Some(metric) = metric::of_write_throttle(*reason) {
            cx.count(metric, None, *n);
        }
    }
    for (metric, n) in [
        (metric::THROTTLED_REQUESTS, out.thrown),
        (metric::CONDITION_FAILED, out.conditions),
        (metric::CONFLICTS, out.conflicts),
        (metric::USER_ERRORS, out.invalid),
        (metric::INDEX_CONSUMED_WRITE, out.index.0 / UNIT),
        (metric::INDEX_WRITE_THROTTLE, out.index.1),
    ] {
        if n > 0 {
            cx.count(metric, None, n);
        }
    }
}
