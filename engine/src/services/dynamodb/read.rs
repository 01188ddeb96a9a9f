//! GetItem, BatchGetItem, Query, Scan, TransactGetItems: what a read costs, and whether it is served.

use super::capacity::Way;
use super::settings::{Config, ItemOf};
use super::units::{self, Consistency, UNIT};
use super::{DynamoDb, figures, metric};
use crate::services::cx::Cx;
use crate::services::talk::{Get, GetCall, Reason, Reply};

impl DynamoDb {
    /// Serves a read. A batch for which units last only in part answers with the rest unprocessed.
    pub(super) fn get(&mut self, config: &Config, get: &Get, cx: &mut Cx<'_, '_>) -> Reply {
        let refuse = |reason| Reply::Refused {
            reason,
            back: Vec::new(),
        };
        let most = match get.call {
            GetCall::One => 1,
            GetCall::Query => u64::from(u32::MAX),
            GetCall::Batch => cx.figure(&figures::BATCH_READS),
            GetCall::Transact => cx.figure(&figures::TRANSACTION_WRITES),
        };
        if get.items == 0 || u64::from(get.items) > most {
            cx.count(metric::USER_ERRORS, None, 1);
            return refuse(Reason::Invalid);
        }
        let now = cx.now();
        self.roll(now);
        let (calls, each) = self.price(config, get, cx);
        let slot = self.capacity.slot(super::write::spot(config.item, get.key));
        let (room, verdict) = self.capacity.room(Way::Read, slot, each, now);
        let served = room.min(calls);
        if served < calls {
            self.refused_at = Some(now);
            let n = calls - served;
            cx.count(metric::READ_THROTTLE, Some(slot as u32), n);
            if let Some(metric) = metric::of_read_throttle(verdict.reason) {
                cx.count(metric, None, n);
            }
        }
        if served == 0 || (served < calls && get.call != GetCall::Batch) {
            cx.count(metric::THROTTLED_REQUESTS, None, 1);
            return refuse(verdict.reason);
        }
        let milli = served * each;
        self.capacity.take(Way::Read, slot, milli, now);
        self.meter.read(&self.capacity, milli);
        self.carry_milli += milli;
        let whole = self.carry_milli / UNIT;
        self.carry_milli -= whole * UNIT;
        cx.count(metric::CONSUMED_READ, Some(slot as u32), whole);
        Reply::Items {
            version: self
                .items
                .shared
                .get(&get.key)
                .map_or(0, |item| item.version),
            unprocessed: (calls - served) as u32,
            milli_units: milli,
        }
    }

    /// How many reads it is for the limiter, and what each costs [milli-units].
    fn price(&self, config: &Config, get: &Get, cx: &Cx<'_, '_>) -> (u64, u64) {
        let consistency = match (get.call, get.consistent) {
            (GetCall::Transact, _) => Consistency::Transactional,
            (_, true) => Consistency::Strong,
            (_, false) => Consistency::Eventual,
        };
        let bytes = match config.item {
            ItemOf::Record => u64::from(get.bytes_each),
            _ => self.items.bytes_of(get.key),
        };
        let items = u64::from(get.items);
        match get.call {
            GetCall::One | GetCall::Batch => (items, units::read(cx.rules(), bytes, consistency)),
            GetCall::Query => (1, units::read(cx.rules(), bytes * items, consistency)),
            GetCall::Transact => (1, items * units::read(cx.rules(), bytes, consistency)),
        }
    }
}
