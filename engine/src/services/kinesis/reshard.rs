//! SplitShard, MergeShards, UpdateShardCount: what is allowed, and what the ring is afterwards.
//!
//! While the stream is UPDATING the old shards go on; all changes of one command happen at its end.

use super::ring::{even_start, middle};
use super::shard::Shard;
use super::{Config, Kinesis, SHARDS_MAX, TAG_RESHARD, figures, write};
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
}

fn in_use(name: &str) -> String {
    format!("ResourceInUseException: Stream {name} is UPDATING, not ACTIVE; try again when it is.")
}

impl Kinesis {
    /// Whether UpdateShardCount to `target` may be asked for now.
    pub(super) fn may_update(&self, target: u32, view: &View<'_>) -> Result<(), String> {
        let open = self.open.len() as u32;
        if target == open {
            return Ok(());
        }
        if self.changing.is_some() {
            return Err(in_use(&view.floor.node(view.node()).name));
        }
        if target > open.saturating_mul(2) || target.saturating_mul(2) < open {
            return Err(format!(
                "LimitExceededException: UpdateShardCount takes a target from half to double the \
                 {open} open shards: {} to {}, not {target}.",
                open.div_ceil(2),
                open.saturating_mul(2).min(SHARDS_MAX)
            ));
        }
        let most = view.figure(&figures::UPDATES_A_DAY);
        let recent = self
            .updates
            .iter()
            .filter(|at| **at + DAY > view.now)
            .count() as u64;
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
            self.begin(Change::Update(target), cx);
        }
    }

    /// SplitShard or MergeShards.
    pub(super) fn command(&mut self, control: &Control, cx: &mut Cx<'_, '_>) -> Result<(), String> {
        let change = self.may_command(control, &cx.name())?;
        self.begin(change, cx);
        Ok(())
    }

    /// What a command would do, or AWS's refusal.
    pub(super) fn may_command(&self, control: &Control, name: &str) -> Result<Change, String> {
        if self.changing.is_some() {
            return Err(in_use(name));
        }
        match *control {
            Control::SplitShard { shard, new_start } => self.split_allowed(shard, new_start),
            Control::MergeShards { shard, adjacent } => self.merge_allowed(shard, adjacent),
            Control::Purge | Control::Redrive { .. } => {
                Err("A stream has no such command.".to_owned())
            }
        }
    }

    fn begin(&mut self, change: Change, cx: &mut Cx<'_, '_>) {
        let at = cx.now() + cx.stretch(cx.figure(&figures::RESHARD_TIME));
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
            Change::Update(target) if target as usize > self.open.len() => {
                self.grow(config, target, cx);
            }
            Change::Update(target) => self.shrink(config, target, cx),
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
        cx.note(Fact::Note {
            node,
            key: "note.resharded",
            value: open,
        });
    }

    fn split(&mut self, config: &Config, shard: u32, key: u128, cx: &mut Cx<'_, '_>) {
        let Some(slot) = self.slot_by_id(shard) else {
            return;
        };
        let (from, to) = (self.shards[slot].from, self.shards[slot].to);
        self.add_child(config, &[shard], (from, key - 1), cx);
        self.add_child(config, &[shard], (key, to), cx);
    }

    fn merge(&mut self, config: &Config, one: u32, two: u32, cx: &mut Cx<'_, '_>) {
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
    fn by_range(&self) -> Vec<(u32, u128, u128)> {
        let mut open: Vec<_> = self
            .shards
            .iter()
            .filter(|shard| shard.open())
            .map(|shard| (shard.id, shard.from, shard.to))
            .collect();
        open.sort_unstable_by_key(|shard| shard.1);
        open
    }

    /// Splits every open shard, then merges neighbours until `target` are left: so AWS was seen
    /// to do it. Cuts go where even ranges need them, so the end is even where one cut a shard
    /// can make it so.
    fn grow(&mut self, config: &Config, target: u32, cx: &mut Cx<'_, '_>) {
        for (shard, from, to) in self.by_range() {
            if let Some(key) = best_cut(from, to, target) {
                self.split(config, shard, key, cx);
            }
        }
        let even: Vec<u128> = (0..target).map(|i| even_start(i, target)).collect();
        let mut pieces = self.by_range();
        while pieces.len() > target as usize {
            let spare = |ix: &usize| even.binary_search(&pieces[*ix].1).is_err();
            let width = |ix: &usize| pieces[*ix].2 - pieces[*ix - 1].1;
            let cuts = 1..pieces.len();
            let best = cuts.clone().filter(spare).min_by_key(width);
            let Some(ix) = best.or_else(|| cuts.min_by_key(width)) else {
                break;
            };
            let (low, high) = (pieces[ix - 1], pieces[ix]);
            let merged = self.next_id;
            self.merge(config, low.0, high.0, cx);
            pieces[ix - 1] = (merged, low.1, high.2);
            pieces.remove(ix);
        }
    }

    /// Merges pairs of neighbours from the lowest range on until `target` are left.
    fn shrink(&mut self, config: &Config, target: u32, cx: &mut Cx<'_, '_>) {
        let open = self.by_range();
        let merges = open.len().saturating_sub(target as usize);
        for pair in open.chunks_exact(2).take(merges) {
            self.merge(config, pair[0].0, pair[1].0, cx);
        }
    }
}

/// Where to cut the range so that `target` even ranges come nearer: the even border inside it
/// that lies nearest to its middle, else the middle. `None` for a range of one key.
fn best_cut(from: u128, to: u128, target: u32) -> Option<u128> {
    if from == to {
        return None;
    }
    let half = middle(from, to).max(from + 1);
    // the even border at or below `at` has about this number; look at its neighbours
    let near = |at: u128| (at / (u128::MAX / u128::from(target.max(1)))) as u32;
    let low = near(from).saturating_sub(1);
    let high = near(to).saturating_add(2).min(target);
    let inside = (low..high)
        .map(|i| even_start(i, target))
        .filter(|key| from < *key && *key <= to);
    Some(inside.min_by_key(|key| key.abs_diff(half)).unwrap_or(half))
}

/// When a stream is ACTIVE again, if it is UPDATING.
pub(super) fn updating_until(stream: &Kinesis) -> Option<Us> {
    stream.changing.map(|(at, _)| at)
}
