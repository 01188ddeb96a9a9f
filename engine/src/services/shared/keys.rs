//! Which keys a source's records carry: templates, and lanes that stand for keys.
//!
//! ```text
//!   {store}/till-{nn}  ->  store-001/till-01, store-001/till-02, ...     one lane a key
//!   {account}, {product}   ->  acct-0001, prod-0001, ...                 a lane an account, a product
//!   more keys than lanes  ->  slot-0001 .. slot-4096                     one lane a hash slot
//! ```
//!
//! A slot lane has the middle of an evenly spaced slot of the hash ring in the place of a key's
//! MD5, so shard loads are right within one slot.

use crate::base::few::Few;
use crate::base::rng::Rng;
use crate::base::sample::{multinomial, multinomial_even};
use crate::services::lanes::key_hash;
use crate::services::payload::{Subject, account_name, product_name};
use std::sync::Arc;

/// Where keys come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// One key a client, from the template.
    Template,
    /// `count` keys, each equally likely.
    Uniform,
    /// `count` keys by Zipf's law.
    Zipf,
    /// One key takes a share; the others are equally likely.
    Hot,
    /// A list that a person wrote.
    List,
    /// The keys of the records of a file; of a file without them, `count` keys, each equally likely.
    File,
}

impl Choice {
    /// The words of the setting.
    pub const WORDS: &'static [&'static str] = &["template", "uniform", "zipf", "hot", "list"];
    /// The words of the setting of a source that follows a file.
    pub const FILE_WORDS: &'static [&'static str] =
        &["template", "uniform", "zipf", "hot", "list", "file"];

    /// The choice of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Template,
            Self::Uniform,
            Self::Zipf,
            Self::Hot,
            Self::List,
            Self::File,
        ];
        let ix = Self::FILE_WORDS.iter().position(|known| *known == word)?;
        all.get(ix).copied()
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::FILE_WORDS[self as usize]
    }
}

/// All that decides the lanes of a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keys {
    /// Where keys come from.
    pub choice: Choice,
    /// The template.
    pub template: String,
    /// How many keys, for all but template and list.
    pub count: u32,
    /// Exponent of Zipf's law [hundredths].
    pub zipf_centi: u32,
    /// Share of the hot key [tenths of a percent].
    pub hot_permille: u32,
    /// The list, separated by commas.
    pub list: String,
    /// Most lanes.
    pub lanes_max: u32,
}

/// A key, or a slot of keys, before it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Planned {
    /// The key.
    pub key: String,
    /// Its length in UTF-8 [B].
    pub bytes: u32,
    /// Its MD5, or the middle of its slot.
    pub hash: u128,
    /// The product or account that it names.
    pub subject: Subject,
}

/// The keys of a source: names, and how likely each is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// One a lane.
    pub lanes: Vec<Planned>,
    /// Running sums of the lanes' weights; empty if all weigh the same.
    pub sums: Arc<[u64]>,
    /// Whether lanes stand for slots, not for single keys.
    pub slots: bool,
}

/// Zipf ranks whose slots are worked out one by one; the rest lie evenly over all slots.
const RANKS_EXACT: u32 = 65_536;

/// Weight of the most likely key, so that sums of all weights stay far below 2^64.
const WEIGHT: f64 = 1_099_511_627_776.0;

/// Writes a template out: `{store}` is the node's id, `{n}` the number, `{nn}` and longer the
/// number with leading zeros, `{account}` is `acct-` and four digits, `{product}` the same behind
/// `prod-`. Other text stays.
#[must_use]
pub fn expand(template: &str, store: &str, n: u32) -> String {
    let mut out = String::with_capacity(template.len() + 8);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        match value(&rest[1..close], store, n) {
            Some(text) => out.push_str(&text),
            None => out.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

fn value(word: &str, store: &str, n: u32) -> Option<String> {
    match word {
        "store" => Some(store.to_owned()),
        "account" => Some(account_name(n)),
        "product" => Some(product_name(n)),
        _ if !word.is_empty() && word.len() <= 9 && word.bytes().all(|byte| byte == b'n') => {
            Some(format!("{n:0width$}", width = word.len()))
        }
        _ => None,
    }
}

/// Whether two numbers give two keys.
#[must_use]
pub fn numbers(template: &str) -> bool {
    expand(template, "", 1) != expand(template, "", 2)
}

/// The product or account that the key with this number names.
#[must_use]
pub fn subject(template: &str, n: u32) -> Subject {
    if template.contains("{account}") {
        Subject::Account(n)
    } else if template.contains("{product}") {
        Subject::Product(n)
    } else {
        Subject::Any
    }
}

/// Words in braces that mean nothing.
#[must_use]
pub fn unknown_words(template: &str) -> Vec<String> {
    let parts = template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    parts
        .filter(|(word, _)| value(word, "", 1).is_none())
        .map(|(word, _)| format!("{{{word}}}"))
        .collect()
}

impl Keys {
    /// How many keys there are.
    #[must_use]
    pub fn count(&self, clients: u32) -> u32 {
        match self.choice {
            // clients that share one key share lanes too when there are very many
            Choice::Template if !numbers(&self.template) => clients.clamp(1, self.lanes_max.max(1)),
            Choice::Template => clients.max(1),
            Choice::List => u32::try_from(self.listed().count())
                .unwrap_or(u32::MAX)
                .max(1),
            Choice::Uniform | Choice::Zipf | Choice::Hot | Choice::File => self.count.max(1),
        }
    }

    fn listed(&self) -> impl Iterator<Item = &str> {
        self.list
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
    }

    /// The key with this number, from 1.
    fn key(&self, store: &str, n: u32) -> String {
        let key = match self.choice {
            Choice::List => self
                .listed()
                .nth(n as usize - 1)
                .unwrap_or("key")
                .to_owned(),
            Choice::Template => expand(&self.template, store, n),
            _ if numbers(&self.template) => expand(&self.template, store, n),
            _ => format!("{}/{n:04}", expand(&self.template, store, n)),
        };
        // Kinesis takes keys of 1 to 256 characters; an empty template is one key
        if key.is_empty() { "-".to_owned() } else { key }
    }

    /// The lanes of a source with this id and so many clients.
    #[must_use]
    pub fn plan(&self, store: &str, clients: u32) -> Plan {
        let count = self.count(clients);
        let slots = count > self.lanes_max.max(1);
        let lanes = if slots {
            self.slot_lanes(store, count)
        } else {
            (1..=count)
                .map(|n| self.planned(self.key(store, n), n))
                .collect()
        };
        let sums = running_sums(&self.weights(store, count, slots));
        Plan { lanes, sums, slots }
    }

    fn planned(&self, key: String, n: u32) -> Planned {
        let bytes = u32::try_from(key.len()).unwrap_or(u32::MAX);
        let hash = key_hash(&key);
        let subject = match self.choice {
            Choice::List => Subject::Any,
            _ => subject(&self.template, n),
        };
        Planned {
            key,
            bytes,
            hash,
            subject,
        }
    }

    /// The lanes of these very keys, and the lane of each.
    #[must_use]
    pub fn plan_of(&self, names: &[String]) -> (Plan, Vec<u32>) {
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let slots = count > self.lanes_max.max(1);
        let (lanes, lane_of): (Vec<Planned>, Vec<u32>) = if slots {
            let lanes = self.slot_lanes("", 1);
            let place = Slots::new(self.lanes_max);
            let by_slot = place.lanes_by_slot();
            let of = |name: &String| place.lane(&by_slot, key_hash(name));
            (lanes, names.iter().map(of).collect())
        } else {
            let lanes = names.iter().map(|name| Planned {
                key: name.clone(),
                bytes: u32::try_from(name.len()).unwrap_or(u32::MAX),
                hash: key_hash(name),
                subject: Subject::Any,
            });
            (lanes.collect(), (0..count).collect())
        };
        let sums = Arc::default();
        (Plan { lanes, sums, slots }, lane_of)
    }

    /// Slots in an order in which neighbours lie far apart on the ring, so that records dealt out
    /// in turn load all shards alike at any time.
    fn slot_lanes(&self, store: &str, count: u32) -> Vec<Planned> {
        let slots = Slots::new(self.lanes_max);
        let bytes = u32::try_from(self.key(store, count).len()).unwrap_or(u32::MAX);
        (0..slots.lanes)
            .map(|lane| {
                let slot = slots.slot(lane);
                let hash = u128::from(slot) * slots.width + slots.width / 2;
                Planned {
                    key: format!("slot-{:04}", slot + 1),
                    bytes,
                    hash,
                    subject: Subject::Any,
                }
            })
            .collect()
    }

    /// Weights by lane; empty if all are equal.
    fn weights(&self, store: &str, count: u32, slots: bool) -> Vec<u64> {
        match self.choice {
            Choice::Template | Choice::List | Choice::Uniform | Choice::File => Vec::new(),
            Choice::Hot => self.hot_weights(store, count, slots),
            Choice::Zipf => self.zipf_weights(store, count, slots),
        }
    }

    /// The lane of each of the first `n` keys.
    fn lanes_of_keys(&self, store: &str, n: u32, slots: bool) -> Vec<u32> {
        if !slots {
            return (0..n).collect();
        }
        let slots = Slots::new(self.lanes_max);
        let lane_of = slots.lanes_by_slot();
        (1..=n)
            .map(|n| slots.lane(&lane_of, key_hash(&self.key(store, n))))
            .collect()
    }

    fn hot_weights(&self, store: &str, count: u32, slots: bool) -> Vec<u64> {
        let lanes = if slots { self.lanes_max.max(1) } else { count };
        let hot = u64::from(self.hot_permille.min(1_000));
        // shares of 1/1000, each cut into as many parts as there are other keys or slots
        let others = u64::from(if slots { lanes } else { (count - 1).max(1) });
        let mut weights = vec![1_000 - hot; lanes as usize];
        let place = self.lanes_of_keys(store, 1, slots)[0] as usize;
        let beside = if slots { 1_000 - hot } else { 0 };
        weights[place] = hot * others + beside;
        if weights.iter().all(|weight| *weight == 0) {
            weights[place] = 1;
        }
        weights
    }

    fn zipf_weights(&self, store: &str, count: u32, slots: bool) -> Vec<u64> {
        let s = f64::from(self.zipf_centi) / 100.0;
        let lanes = if slots { self.lanes_max.max(1) } else { count };
        let mut weights = vec![0_u64; lanes as usize];
        let exact = if slots { count.min(RANKS_EXACT) } else { count };
        for (rank, lane) in (1..=exact).zip(self.lanes_of_keys(store, exact, slots)) {
            let weight = WEIGHT * libm::exp(-s * libm::log(f64::from(rank)));
            weights[lane as usize] += weight as u64;
        }
        if count > exact {
            let rest = zipf_rest(f64::from(exact), f64::from(count), s) / f64::from(lanes);
            weights
                .iter_mut()
                .for_each(|weight| *weight += (WEIGHT * rest) as u64);
        }
        weights
    }
}

/// The sum of k^-s for k above `from` up to `to`, as an integral between half ranks.
fn zipf_rest(from: f64, to: f64, s: f64) -> f64 {
    let (a, b) = (from + 0.5, to + 0.5);
    if libm::fabs(s - 1.0) < 1e-9 {
        return libm::log(b / a);
    }
    (libm::pow(b, 1.0 - s) - libm::pow(a, 1.0 - s)) / (1.0 - s)
}

/// Evenly spaced slots of the hash ring, walked in steps that meet each once: near the golden
/// section and without a common divisor with their number.
struct Slots {
    lanes: u32,
    step: u32,
    width: u128,
}

impl Slots {
    fn new(lanes: u32) -> Self {
        let lanes = lanes.max(1);
        let start = ((f64::from(lanes) * 0.618_033_988_749_895) as u32).max(1);
        let step = (start..).find(|step| gcd(*step, lanes) == 1).unwrap_or(1);
        Self {
            lanes,
            step,
            width: u128::MAX / u128::from(lanes),
        }
    }

    fn slot(&self, lane: u32) -> u32 {
        (u64::from(lane) * u64::from(self.step) % u64::from(self.lanes)) as u32
    }

    /// The lane of a hash, where `by_slot` has the lanes by slot.
    fn lane(&self, by_slot: &[u32], hash: u128) -> u32 {
        let slot = usize::try_from(hash / self.width).unwrap_or(0);
        by_slot[slot.min(by_slot.len() - 1)]
    }

    fn lanes_by_slot(&self) -> Vec<u32> {
        let mut by_slot = vec![0; self.lanes as usize];
        for lane in 0..self.lanes {
            by_slot[self.slot(lane) as usize] = lane;
        }
        by_slot
    }
}

/// Orders keys so that neighbours lie far apart on the ring, like slots.
#[must_use]
pub fn spread(mut keys: Vec<Planned>) -> Vec<Planned> {
    keys.sort_by_key(|key| key.hash);
    let walk = Slots::new(u32::try_from(keys.len()).unwrap_or(u32::MAX));
    let order = (0..walk.lanes).map(|lane| walk.slot(lane) as usize);
    order.filter_map(|ix| keys.get(ix).cloned()).collect()
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn running_sums(weights: &[u64]) -> Arc<[u64]> {
    let sums = weights.iter().scan(0_u64, |sum, weight| {
        *sum = sum.saturating_add(*weight);
        Some(*sum)
    });
    sums.collect()
}

/// The lane of one point of the running sums, `point` being any 64 bits.
#[must_use]
pub fn pick(point: u64, lanes: u32, sums: &[u64]) -> u32 {
    let total = sums.last().copied().unwrap_or(u64::from(lanes)).max(1);
    let point = point % total;
    if sums.is_empty() {
        return point as u32;
    }
    u32::try_from(sums.partition_point(|sum| *sum <= point)).unwrap_or(0)
}

/// Deals `n` records out to `lanes` by chance: (lane, count) in order of lanes, none with 0.
/// Exact for any weights; few records are dealt one by one, many by counts.
pub fn deal(rng: &mut Rng, n: u64, lanes: u32, sums: &[u64]) -> Few<(u32, u64)> {
    if n > 2 * u64::from(lanes) {
        let counts = if sums.is_empty() {
            multinomial_even(rng, n, lanes)
        } else {
            multinomial(rng, n, &weights_of(sums))
        };
        return (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
    }
    let total = sums.last().copied().unwrap_or(u64::from(lanes));
    let mut places: Few<u32> = (0..n)
        .map(|_| {
            let point = rng.below(total);
            let place = if sums.is_empty() {
                point
            } else {
                sums.partition_point(|sum| *sum <= point) as u64
            };
            u32::try_from(place).unwrap_or(0)
        })
        .collect();
    places.sort_unstable();
    let runs = places.chunk_by(|a, b| a == b);
    runs.map(|run| (run[0], run.len() as u64)).collect()
}

fn weights_of(sums: &[u64]) -> Vec<f64> {
    let before = std::iter::once(0).chain(sums.iter().copied());
    sums.iter()
        .zip(before)
        .map(|(sum, before)| (sum - before) as f64)
        .collect()
}

#[cfg(test)]
mod tests;
