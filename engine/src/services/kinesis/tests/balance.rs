//! Custody and tally agree after any script of puts, reads, restarts, edits and resharding.

use super::{balance, over, put};
use crate::base::rng::Rng;
use crate::base::time::{HOUR, SECOND};
use crate::services::faults::Fault;
use crate::services::rig::Rig;
use crate::services::signal::{Order, Signal};
use crate::services::talk::{Ask, Control, Reason, Reply, StartAt, WireId};

/// What a test reader knows of one wire: shard, next record, the lowest it may go back to.
#[derive(Clone, Copy, Debug)]
struct Reader {
    wire: WireId,
    shard: u32,
    next: u64,
}

/// Opens a shard somewhere.
fn open(rig: &mut Rig, rng: &mut Rng, wire: WireId) -> Option<Reader> {
    let shard = rng.below(8) as u32;
    let start = match rng.below(4) {
        0 => StartAt::Latest,
        1 => StartAt::AtTimestamp(rng.below(rig.engine.now() + 1)),
        _ => StartAt::TrimHorizon,
    };
    match over(rig, wire, Ask::GetShardIterator { shard, start }) {
        Reply::Iterator { ordinal } => Some(Reader {
            wire,
            shard,
            next: ordinal,
        }),
        _ => None,
    }
}

fn read(rig: &mut Rig, rng: &mut Rng, reader: &mut Reader) {
    let issued = rig.engine.now();
    let limit = 1 + rng.below(300) as u32;
    let (shard, ordinal) = (reader.shard, reader.next);
    let ask = Ask::GetRecords {
        shard,
        ordinal,
        issued,
        limit,
    };
    if let Reply::Records {
        next: Some(next), ..
    } = over(rig, reader.wire, ask)
    {
        reader.next = next;
    }
}

fn edit(rig: &mut Rig, rng: &mut Rng, wires: &mut Vec<WireId>) {
    let node = rig.find("s");
    match rng.below(8) {
        0 => wires.push(rig.wire("poll", "s", "c", &[])),
        1 if wires.len() > 1 => {
            let wire = wires.swap_remove(rng.below(wires.len() as u64) as usize);
            rig.order(Order::RemoveWire(wire));
        }
        2 => {
            let control = Control::SplitShard {
                shard: rng.below(9) as u32,
                new_start: None,
            };
            rig.order(Order::Control { node, control });
        }
        3 => {
            let hours = ["24h", "26h", "30h"][rng.below(3) as usize];
            rig.set("s", &[("retention", hours)]);
        }
        4 => {
            let (fault, lasts) = (Fault::Crash, SECOND);
            rig.order(Order::Fault {
                node,
                fault,
                number: rng.below(1 << 30) as u32,
                lasts,
            });
            rig.run_to(rig.engine.now() + 2 * SECOND);
        }
        _ => {
            let wire = wires[rng.below(wires.len() as u64) as usize];
            let ask = Ask::Subscribe {
                shard: rng.below(6) as u32,
                start: StartAt::TrimHorizon,
            };
            over(rig, wire, ask);
        }
    }
}

/// A stream, its readers, and what was put so far.
struct Script {
    rig: Rig,
    rng: Rng,
    wires: Vec<WireId>,
    readers: Vec<Reader>,
    /// Lanes with the number of their next record.
    lanes: Vec<(u32, u64)>,
}

impl Script {
    fn new(seed: u64) -> Self {
        let mut rig = Rig::new(seed);
        rig.node("s", "kinesis", &[("shards", "3")]);
        rig.node("c", "sink", &[]);
        let lanes = (0..6)
            .map(|i| (rig.lane(&format!("k{i}"), None), 0))
            .collect();
        let wires = vec![rig.wire("push", "s", "c", &[])];
        let rng = Rng::stream(seed, 0, "script");
        Self {
            rig,
            rng,
            wires,
            readers: Vec::new(),
            lanes,
        }
    }

    fn step(&mut self) {
        let Self {
            rig,
            rng,
            wires,
            readers,
            lanes,
        } = self;
        let pause = if rng.below(20) == 0 { 9 * HOUR } else { SECOND };
        rig.run_to(rig.engine.now() + rng.below(pause));
        readers.retain(|reader| wires.contains(&reader.wire));
        match rng.below(10) {
            0..=3 => {
                let (lane, first) = &mut lanes[rng.below(6) as usize];
                let n = 1 + rng.below(400);
                let parcel = rig.parcel(*lane, *first, n as u32, 10);
                put(rig, vec![parcel]);
                *first += n;
            }
            4 => readers.extend(open(rig, rng, wires[0])),
            5..=7 => {
                if let Some(reader) = readers.last_mut() {
                    read(rig, rng, reader);
                }
            }
            8 => edit(rig, rng, wires),
            _ => {
                if let Some(reader) = readers.first_mut() {
                    set_back(rig, rng, reader);
                }
            }
        }
    }
}

/// The reader lost what it had read from some record on.
fn set_back(rig: &mut Rig, rng: &mut Rng, reader: &mut Reader) {
    reader.next = rng.below(reader.next + 1);
    let (node, now) = (rig.find("s"), rig.engine.now());
    let Reader {
        wire,
        shard,
        next: ordinal,
    } = *reader;
    rig.engine.schedule(
        now,
        Signal::SetBack {
            node,
            wire,
            shard,
            ordinal,
        },
    );
    rig.run_to(now);
}

#[test]
fn tally_and_custody_agree_after_any_script() {
    let mut seen = [0_u64; 5];
    for seed in 0..25 {
        let mut script = Script::new(seed);
        for step in 0..200 {
            script.step();
            let (must, holds) = balance(&script.rig);
            assert_eq!(must, holds, "seed {seed}, step {step}");
            let plant = script.rig.engine.machine();
            plant
                .unit(script.rig.find("s"))
                .expect("started")
                .assert_invariants();
        }
        let rig = &script.rig;
        let tally = &rig.floor().books.nodes[rig.find("s").0 as usize];
        let ended = [Reason::Retention, Reason::BeforeStart, Reason::Removed];
        let counts = ended.map(|reason| tally.ended.get(&reason).copied().unwrap_or(0));
        let again = tally.created.get(&Reason::ReadAgain).copied().unwrap_or(0);
        let all = [counts[0], counts[1], counts[2], again, tally.out];
        (0..5).for_each(|i| seen[i] += all[i]);
    }
    assert!(
        seen.iter().all(|n| *n > 0),
        "the scripts reach every way out: {seen:?}"
    );
}

#[test]
fn the_check_of_the_tally_can_fail() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    rig.node("c", "sink", &[]);
    rig.wire("poll", "s", "c", &[]);
    let lane = rig.lane("k", None);
    let parcel = rig.parcel(lane, 0, 10, 10);
    put(&mut rig, vec![parcel]);
    let node = rig.find("s");
    rig.engine.machine_mut().floor.books.node(node).out += 1;
    let (must, holds) = balance(&rig);
    assert_ne!(must, holds, "a record that left twice is found out");
}

#[test]
fn fan_out_creates_one_obligation_a_subscriber() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    rig.node("c", "sink", &[]);
    let lane = rig.lane("k", None);
    let parcel = rig.parcel(lane, 0, 10, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(
        balance(&rig),
        (0, 0),
        "nobody reads: the stream is where their way ends"
    );
    for readers in 1..=3 {
        rig.wire("poll", "s", "c", &[]);
        let kept = i128::from(rig.parcel(lane, 0, 10 * readers, 10).n) * i128::from(readers);
        assert_eq!(
            balance(&rig),
            (kept, kept),
            "{readers} are owed what is kept"
        );
        let parcel = rig.parcel(lane, u64::from(10 * readers), 10, 10);
        put(&mut rig, vec![parcel]);
    }
    assert_eq!(balance(&rig), (120, 120), "40 records for three");
}
