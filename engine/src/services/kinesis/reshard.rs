//! CreateStream, SplitShard, MergeShards, UpdateShardCount: what is allowed, and when it is done.
//!
//! While the stream is UPDATING the old shards go on; all changes of one command happen at its end.
//! While it is CREATING nobody can use it.

use super::mode::in_a_day;
use super::ring::middle;
use super::shard::Shard;
use super::{Config, Kinesis, SHARDS_MAX, TAG_RESHARD, figures, write};
use crate::base::sorted::order;
use crate::base::time::{DAY, Us};
use crate::services::cx::{Cx, View};
use crate::services::facts::Fact;
use crate::services::talk::Control;

/// What a stream that is UPDATING will become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Change {
    /// One shard becomes two; the upper child starts at the key.
    Split(u32, u128),
    /// Two neighbours become one.
    Merge(u32, u32),
    /// So many open shards.
    Update(u32),
    /// A stream that can be used.
    Create,
}

impl Change {
    /// StreamStatus until it is done.
    fn status(self) -> &'static str {
        match self {
            Self::Create => "CREATING",
            Self::Split(..) | Self::Merge(..) | Self::Update(_) => "UPDATING",
        }
    }
}

impl Kinesis {
    /// StreamStatus.
    #[must_use]
    pub fn status(&self) -> &'static str {
        self.changing
            .map_or("ACTIVE", |(_, change)| change.status())
    }

    /// Whether the stream is ACTIVE, or AWS's refusal.
    fn active(&self, name: &str) -> Result<(), String> {
        if self.changing.is_none() {
            return Ok(());
        }
        let status = self.status();
        Err(format!(
            "ResourceInUseException: Stream {name} is {status}, not ACTIVE; try again when it is."
        ))
    }

    /// Whether nobody can use the stream yet.
    pub(super) fn creating(&self) -> bool {
        matches!(self.changing, Some((_, Change::Create)))
    }

    /// A stream that is made during a run is CREATING for a while; those of its start are there.
    pub(super) fn create(&mut self, cx: &mut Cx<'_, '_>) {
        if cx.now() > 0 {
            self.begin(Change::Create, cx.figure(&figures::CREATE_TIME), cx);
        }
    }

    /// Whether the retention may change now: only while ACTIVE.
    pub(super) fn may_retain(&self, view: &View<'_>) -> Result<(), String> {
        self.active(&view.floor.node(view.node()).name)
    }

    /// Whether UpdateShardCount to `target` may be asked for now.
    pub(super) fn may_update(&self, target: u32, view: &View<'_>) -> Result<(), String> {
        let open = self.open.len() as u32;
        if target == open {
            return Ok(());
        }
        self.active(&view.floor.node(view.node()).name)?;
        if target > open.saturating_mul(2) || target.saturating_mul(2) < open {
            return Err(format!(
                "LimitExceededException: UpdateShardCount takes a target from half to double the \
                 {open} open shards: {} to {}, not {target}.",
                open.div_ceil(2),
                open.saturating_mul(2).min(SHARDS_MAX)
            ));
        }
        let most = view.figure(&figures::UPDATES_A_DAY);
        let recent = in_a_day(&self.updates, view.now);
        if recent >= most {
            return Err(format!(
                "LimitExceededException: UpdateShardCount may be called {most} times in 24 hours; \
                 it has been called {recent} times."
            ));
        }
        Ok(())
    }

    /// The setting of the count changed: UpdateShardCount.
    pub(super) fn update_count(&mut self, target: u32, cx: &mut Cx<'_, '_>) {
        if self.may_update(target, &cx.view()).is_err() {
            let node = Some(cx.node());
            cx.note(Fact::Note {
                node,
                key: "note.control-refused",
                value: u64::from(target),
            });
            return;
        }
        if target as usize != self.open.len() {
            let now = cx.now();
            self.updates.retain(|at| *at + DAY > now);
            self.updates.push(now);
            self.begin(
                Change::Update(target),
                cx.figure(&figures::RESHARD_TIME),
                cx,
            );
        }
    }

    /// SplitShard or MergeShards.
    pub(super) fn command(&mut self, control: &Control, cx: &mut Cx<'_, '_>) -> Result<(), String> {
        let change = self.may_command(control, &cx.name())?;
        self.begin(change, cx.figure(&figures::RESHARD_TIME), cx);
        Ok(())
    }

    /// AWS's refusal of a command if it were given now: the error code, then a sentence.
    #[must_use]
    pub fn refusal(&self, control: &Control, name: &str) -> Option<String> {
        self.may_command(control, name).err()
    }

    /// What a command would do, or AWS's refusal.
    fn may_command(&self, control: &Control, name: &str) -> Result<Change, String> {
        self.active(name)?;
        match *control {
            Control::SplitShard { shard, new_start } => self.split_allowed(shard, new_start),
            Control::MergeShards { shard, adjacent } => self.merge_allowed(shard, adjacent),
            Control::Purge | Control::Redrive { .. } => {
                Err("A stream has no such command.".to_owned())
            }
        }
    }

    fn begin(&mut self, change: Change, lasts: Us, cx: &mut Cx<'_, '_>) {
        let at = cx.now() + cx.stretch(lasts);
        self.changing = Some((at, change));
        cx.wake(at, TAG_RESHARD, 0);
    }

    /// An open shard by its number, or AWS's refusal.
    fn open_shard(&self, shard: u32) -> Result<&Shard, String> {
        let id = super::log::shard_id(shard);
        let Some(slot) = self.slot_by_id(shard) else {
            return Err(format!(
                "ResourceNotFoundException: There is no {id} in this stream."
            ));
        };
        let found = &self.shards[slot];
        if !found.open() {
            return Err(format!(
                "InvalidArgumentException: {id} is closed; only open shards change."
            ));
        }
        Ok(found)
    }

    fn split_allowed(&self, shard: u32, new_start: Option<u128>) -> Result<Change, String> {
        let found = self.open_shard(shard)?;
        let key = new_start.unwrap_or_else(|| middle(found.from, found.to));
        // the lower child must keep two keys and the upper one two: so the service was seen to do
        if key <= found.from.saturating_add(1) || key >= found.to {
            return Err(format!(
                "InvalidArgumentException: NewStartingHashKey {key} must lie inside the range {} to \
                 {} of {}.",
                found.from,
                found.to,
                super::log::shard_id(shard)
            ));
        }
        if self.open.len() as u32 >= SHARDS_MAX {
            return Err(format!(
                "LimitExceededException: {SHARDS_MAX} shards are open, the most that a stream may have."
            ));
        }
        Ok(Change::Split(shard, key))
    }

    fn merge_allowed(&self, shard: u32, adjacent: u32) -> Result<Change, String> {
        let (one, two) = (self.open_shard(shard)?, self.open_shard(adjacent)?);
        let (low, high) = if one.from <= two.from {
            (one, two)
        } else {
            (two, one)
        };
        if shard == adjacent || low.to.checked_add(1) != Some(high.from) {
            return Err(format!(
                "InvalidArgumentException: {} and {} are not adjacent: the first ends at {}, the \
                 second starts at {}.",
                super::log::shard_id(low.id),
                super::log::shard_id(high.id),
                low.to,
                high.from
            ));
        }
        Ok(Change::Merge(shard, adjacent))
    }

    /// The time of UPDATING is over.
    pub(super) fn change_done(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let Some((at, change)) = self.changing else {
            return;
        };
        if at > cx.now() {
            return;
        }
        self.changing = None;
        self.advance_meter(cx);
        match change {
            Change::Split(shard, key) => self.split(config, shard, key, cx),
            Change::Merge(one, two) => self.merge(config, one, two, cx),
            Change::Update(target) => self.scale(config, target, cx),
            Change::Create => {}
        }
        self.map_ring();
        for slot in 0..self.shards.len() {
            if self.shards[slot].closed == Some(cx.now()) {
                self.plan_pushes(slot, cx);
            }
        }
        self.plan_sweep(config, cx);
        let node = Some(cx.node());
        let open = self.open.len() as u64;
        let key = match change {
            Change::Create => "note.stream-active",
            _ => "note.resharded",
        };
        cx.note(Fact::Note {
            node,
            key,
            value: open,
        });
    }

    /// Two children in place of one shard.
    pub(super) fn split(&mut self, config: &Config, shard: u32, key: u128, cx: &mut Cx<'_, '_>) {
        let Some(slot) = self.slot_by_id(shard) else {
            return;
        };
        let (from, to) = (self.shards[slot].from, self.shards[slot].to);
        self.add_child(config, &[shard], (from, key - 1), cx);
        self.add_child(config, &[shard], (key, to), cx);
    }

    /// One child in place of two neighbours.
    pub(super) fn merge(&mut self, config: &Config, one: u32, two: u32, cx: &mut Cx<'_, '_>) {
        let (Some(a), Some(b)) = (self.slot_by_id(one), self.slot_by_id(two)) else {
            return;
        };
        let (a, b) = (&self.shards[a], &self.shards[b]);
        let range = (a.from.min(b.from), a.to.max(b.to));
        self.add_child(config, &[one, two], range, cx);
    }

    /// Opens a child with the next number and closes its parents.
    fn add_child(
        &mut self,
        config: &Config,
        parents: &[u32],
        range: (u128, u128),
        cx: &mut Cx<'_, '_>,
    ) {
        let (id, now) = (self.next_id, cx.now());
        self.next_id += 1;
        let limits = write::limits(config, cx);
        let mut child = Shard::new(id, range, &limits, now, self.subscribers.len());
        child.parents = parents.to_vec();
        for parent in parents {
            if let Some(slot) = self.slot_by_id(*parent) {
                self.shards[slot].children.push(id);
                self.shards[slot].closed.get_or_insert(now);
            }
        }
        self.shards.push(child);
    }

    /// Open shards by range: number, first and last key.
    pub(super) fn by_range(&self) -> Vec<(u32, u128, u128)> {
        let mut open: Vec<_> = self
            .shards
            .iter()
            .filter(|shard| shard.open())
            .map(|shard| (shard.id, shard.from, shard.to))
            .collect();
        order::sort_by_key(&mut open, |shard| shard.1);
        open
    }
}

/// When a stream is ACTIVE again, if it is UPDATING.
pub(super) fn updating_until(stream: &Kinesis) -> Option<Us> {
    stream.changing.map(|(at, _)| at)
}
