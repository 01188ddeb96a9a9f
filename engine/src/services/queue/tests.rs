//! The waiting room against closed forms: arrivals drawn by the test, served by the real service.

use super::*;
use crate::base::sample::exponential;
use crate::base::time::MS;
use crate::services::plant::Signal;
use crate::services::rig::Rig;
use crate::services::talk::Op;

/// Runs with seeds of their own whose means are compared: their scatter tells how sure the whole
/// mean is.
const RUNS: u64 = 20;

/// What one run measured. Spans in seconds.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    wait: f64,
    in_system: f64,
    refused: f64,
}

/// Plays 10,000 Poisson arrivals at `per_s` after 2,000 that do not count, with each seed.
fn play(settings: &[(&str, &str)], per_s: f64, seed: u64) -> Vec<Part> {
    (0..RUNS)
        .map(|run| play_once(settings, per_s, seed * RUNS + run))
        .collect()
}

fn play_once(settings: &[(&str, &str)], per_s: f64, seed: u64) -> Part {
    let mut rig = Rig::new(seed);
    rig.node("q", "queue", settings);
    let lane = rig.lane("k", None);
    let mut arrivals = Rng::stream(seed, 99, "arrivals");
    let (mut at, mut first) = (0.0, 0);
    let mut thousands = |rig: &mut Rig, count: u32| {
        for _ in 0..count {
            send(rig, lane, &mut first, &mut at, || {
                exponential(&mut arrivals, 1e6 / per_s)
            });
        }
        sums(rig)
    };
    let before = thousands(&mut rig, 2);
    part(before, thousands(&mut rig, 10))
}

/// A thousand arrivals, one record each.
fn send(rig: &mut Rig, lane: u32, first: &mut u64, at: &mut f64, mut gap: impl FnMut() -> f64) {
    let to = rig.find("q");
    for _ in 0..1_000 {
        *at += gap();
        let parcel = Parcel {
            born: *at as Us,
            ..rig.parcel(lane, *first, 1, 100)
        };
        *first += 1;
        let ask = Ask::Hand {
            parcels: vec![parcel].into(),
        };
        rig.engine
            .schedule(*at as Us, Signal::FromOutside { to, ask });
    }
    rig.run_to(*at as Us);
    rig.facts.clear();
}

fn sums(rig: &Rig) -> [(u64, u64); 6] {
    let total = &rig.floor().boards[rig.find("q").0 as usize].total;
    std::array::from_fn(|ix| (total[ix].sum, total[ix].samples))
}

fn part(before: [(u64, u64); 6], after: [(u64, u64); 6]) -> Part {
    let sum = |ix: usize| (after[ix].0 - before[ix].0) as f64;
    let samples = |ix: usize| (after[ix].1 - before[ix].1) as f64;
    Part {
        wait: sum(WAIT) / samples(WAIT) / 1e6,
        in_system: sum(IN_SYSTEM) / samples(IN_SYSTEM) / 1e6,
        refused: sum(REFUSED) / sum(ARRIVED),
    }
}

/// Whether the mean lies within four standard errors of `wanted`, as the runs scatter, and those
/// errors are small enough (8 % of it) for that to mean something.
fn close(parts: &[Part], of: fn(&Part) -> f64, wanted: f64, what: &str) {
    let n = parts.len() as f64;
    let mean = parts.iter().map(of).sum::<f64>() / n;
    let variance = parts
        .iter()
        .map(|p| (of(p) - mean) * (of(p) - mean))
        .sum::<f64>()
        / (n - 1.0);
    let error = libm::sqrt(variance / n);
    assert!(
        (mean - wanted).abs() < 4.0 * error + 2e-6,
        "{what}: {mean} for {wanted}, {error}"
    );
    assert!(
        error < 0.08 * wanted + 1e-9,
        "{what}: too uncertain, {mean} by {error}"
    );
}

/// Erlang's loss formula by its recursion.
fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b))
}

/// The share that waits in M/M/c.
fn erlang_c(servers: u32, load: f64) -> f64 {
    let b = erlang_b(servers, load);
    b / (1.0 - load / f64::from(servers) * (1.0 - b))
}

#[test]
fn one_server_waits_as_pollaczek_and_khinchine_say() {
    // (law, more settings, squared coefficient of variation); mean service 1 s
    let laws: [(&str, (&str, &str), f64); 4] = [
        ("exponential", ("room", "1000000"), 1.0),
        ("fixed", ("room", "1000000"), 0.0),
        ("uniform", ("spread", "50"), 0.25 / 3.0),
        ("log-normal", ("cv", "0.8"), 0.64),
    ];
    for (law, more, scv) in laws {
        for rho in [0.5, 0.8] {
            let settings = [("law", law), ("mean", "1s"), ("room", "100000"), more];
            let parts = play(&settings, rho, 11);
            let wait = rho * (1.0 + scv) / (2.0 * (1.0 - rho));
            close(&parts, |p| p.wait, wait, &format!("{law} at {rho}: wait"));
            close(
                &parts,
                |p| p.in_system,
                wait + 1.0,
                &format!("{law} at {rho}: in system"),
            );
        }
    }
}

#[test]
fn several_servers_wait_as_erlang_c_says() {
    for (servers, load) in [(2_u32, 1.6), (5, 3.5), (20, 17.0)] {
        let text = servers.to_string();
        let settings = [
            ("servers", text.as_str()),
            ("mean", "1s"),
            ("room", "100000"),
        ];
        let parts = play(&settings, load, 12);
        let wait = erlang_c(servers, load) / (f64::from(servers) - load);
        close(
            &parts,
            |p| p.wait,
            wait,
            &format!("{servers} servers, load {load}"),
        );
    }
}

#[test]
fn without_room_erlang_b_is_refused_whatever_the_law() {
    for law in ["exponential", "fixed", "log-normal"] {
        for (servers, load) in [(2_u32, 1.0), (5, 3.0), (10, 8.0)] {
            let text = servers.to_string();
            let settings = [
                ("servers", text.as_str()),
                ("mean", "1s"),
                ("room", "0"),
                ("law", law),
            ];
            let parts = play(&settings, load, 13);
            let share = erlang_b(servers, load);
            close(
                &parts,
                |p| p.refused,
                share,
                &format!("{law}: {servers} servers, load {load}"),
            );
        }
    }
}

#[test]
fn a_small_room_refuses_as_the_closed_form_says() {
    // K counts the one in service
    for (k, rho) in [(1_i32, 0.5_f64), (2, 0.8), (5, 1.2), (10, 0.9)] {
        let room = (k - 1).to_string();
        let settings = [("mean", "1s"), ("room", room.as_str())];
        let parts = play(&settings, rho, 14);
        let p = |n: i32| {
            libm::pow(rho, f64::from(n)) * (1.0 - rho) / (1.0 - libm::pow(rho, f64::from(k + 1)))
        };
        let length: f64 = (0..=k).map(|n| f64::from(n) * p(n)).sum();
        close(
            &parts,
            |part| part.refused,
            p(k),
            &format!("K {k}, {rho}: refused"),
        );
        let in_system = length / (rho * (1.0 - p(k)));
        close(
            &parts,
            |part| part.in_system,
            in_system,
            &format!("K {k}, {rho}: in system"),
        );
    }
}

#[test]
fn unlimited_servers_hold_a_poisson_number() {
    let (per_s, mean) = (50.0, 3.0);
    let mut rig = Rig::new(5);
    rig.node(
        "q",
        "queue",
        &[("servers", "0"), ("mean", "3s"), ("law", "uniform")],
    );
    let lane = rig.lane("k", None);
    let mut arrivals = Rng::stream(5, 99, "arrivals");
    let (mut at, mut first, mut seen) = (0.0, 0, Vec::new());
    for _ in 0..200 {
        send(&mut rig, lane, &mut first, &mut at, || {
            exponential(&mut arrivals, 1e6 / per_s)
        });
        seen.push(rig.gauges("q").readings[1].value);
    }
    // looks lie 20 s apart, many services; four standard errors of mean and variance of a Poisson
    let n = (seen.len() - 1) as f64;
    let average = seen[1..].iter().sum::<f64>() / n;
    let variance = seen[1..]
        .iter()
        .map(|x| (x - average) * (x - average))
        .sum::<f64>()
        / (n - 1.0);
    let busy = per_s * mean;
    assert!(
        (average - busy).abs() < 4.0 * libm::sqrt(busy / n),
        "mean busy {average}"
    );
    assert!(
        (variance - busy).abs() < 4.0 * busy * libm::sqrt(2.0 / n),
        "variance {variance}"
    );
}

#[test]
fn a_parcel_that_does_not_fit_is_refused_in_part_and_nothing_is_lost() {
    let mut rig = Rig::new(1);
    let node = rig.node(
        "q",
        "queue",
        &[
            ("servers", "2"),
            ("room", "3"),
            ("mean", "1s"),
            ("law", "fixed"),
        ],
    );
    let lane = rig.lane("k", None);
    let parcel = rig.parcel(lane, 0, 8, 100);
    let reply = rig.ask(
        "q",
        Ask::Put {
            entries: vec![parcel].into(),
            batched: true,
        },
    );
    let failed = vec![Failed {
        parcel: parcel.part(5, 3),
        reason: Reason::RoomFull,
    }];
    assert_eq!(
        reply,
        Reply::Put { failed },
        "two served, three wait, three do not fit"
    );
    let plant = rig.engine.machine();
    assert_eq!(plant.held_by(node, 0), 5, "five are held");
    assert_eq!(
        plant.floor.books.nodes[node.0 as usize].held(),
        5,
        "and the tally says so"
    );
    rig.run_to(10 * SECOND);
    assert_eq!(
        rig.engine.machine().held_by(node, rig.engine.now()),
        0,
        "all are served"
    );
    assert_eq!(
        rig.floor().books.nodes[node.0 as usize].held(),
        0,
        "and the tally says so"
    );
    assert!(
        (rig.metric("q", "Served") - 5.0).abs() < 0.1,
        "five were served"
    );
}

/// Two queues in a row: `first` waits for what the second answers.
fn tandem(second: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(2);
    rig.node(
        "first",
        "queue",
        &[("mean", "10ms"), ("law", "fixed"), ("room", "100")],
    );
    rig.node("second", "queue", second);
    rig.node("report", "sink", &[]);
    rig.wire("deliver", "first", "second", &[]);
    rig.wire("deliver", "second", "report", &[]);
    rig
}

#[test]
fn what_the_next_room_refuses_is_lost_and_counted() {
    let mut rig = tandem(&[("mean", "25ms"), ("law", "fixed"), ("room", "0")]);
    let lane = rig.lane("k", None);
    let parcel = rig.parcel(lane, 0, 10, 100);
    rig.ask(
        "first",
        Ask::Hand {
            parcels: vec![parcel].into(),
        },
    );
    rig.run_to(SECOND);
    // comes every 10 ms, busy 25 ms: the 1st, 4th, 7th, 10th get in
    let records = rig.metric("report", "Records");
    assert!((records - 4.0).abs() < 0.1, "{records} came");
    for name in ["first", "second", "report"] {
        let node = rig.find(name);
        assert_eq!(
            rig.floor().books.nodes[node.0 as usize].held(),
            0,
            "{name} holds nothing"
        );
    }
}

#[test]
fn a_next_place_that_is_down_blocks_the_server() {
    use crate::services::faults::Fault;
    use crate::services::plant::Order;
    let mut rig = tandem(&[("mean", "1ms"), ("law", "fixed")]);
    let lane = rig.lane("k", None);
    let node = rig.find("second");
    rig.order(Order::Fault {
        node,
        fault: Fault::Crash,
        number: 1,
        lasts: 5 * SECOND,
    });
    let parcel = rig.parcel(lane, 0, 10, 100);
    rig.ask(
        "first",
        Ask::Hand {
            parcels: vec![parcel].into(),
        },
    );
    rig.run_to(3 * SECOND + 500 * MS);
    let first = rig.find("first");
    let held = |rig: &Rig| rig.engine.machine().held_by(first, rig.engine.now());
    assert_eq!(held(&rig), 10, "one stands at the server, nine wait");
    assert_eq!(
        rig.floor().books.nodes[first.0 as usize].held(),
        10,
        "and the tally says so"
    );
    rig.run_to(10 * SECOND);
    assert_eq!(held(&rig), 0, "all went on");
    assert!(
        (rig.metric("report", "Records") - 10.0).abs() < 0.1,
        "all came"
    );
}

#[test]
fn a_crash_loses_those_inside() {
    use crate::services::faults::Fault;
    use crate::services::plant::Order;
    let mut rig = Rig::new(3);
    let node = rig.node("q", "queue", &[("mean", "1s"), ("law", "fixed")]);
    let lane = rig.lane("k", None);
    let parcel = Parcel {
        op: Op::Count,
        ..rig.parcel(lane, 0, 4, 100)
    };
    rig.ask(
        "q",
        Ask::Hand {
            parcels: vec![parcel].into(),
        },
    );
    rig.run_to(1_500 * MS);
    rig.order(Order::Fault {
        node,
        fault: Fault::Crash,
        number: 1,
        lasts: SECOND,
    });
    let tally = &rig.floor().books.nodes[node.0 as usize];
    assert_eq!(
        tally.ended.get(&Reason::Crashed),
        Some(&3),
        "one was out already"
    );
    assert_eq!(tally.held(), 0, "nothing is left");
    rig.run_to(10 * SECOND);
    assert!(
        (rig.metric("q", "Served") - 1.0).abs() < 0.1,
        "old timers never ring"
    );
}
