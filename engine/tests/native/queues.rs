//! Nothing is lost or invented from tills through a queue, its dead-letter queue and a function to
//! a counter, while anything breaks: checked at hundreds of instants of each run.

use millrace_engine::base::digest::Digest;
use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::catalog::Rules;
use millrace_engine::ledger::conservation::{Conservation, check};
use millrace_engine::services::facts::Fact;
use millrace_engine::services::faults::Fault;
use millrace_engine::services::plant::Order;
use millrace_engine::services::rig::Rig;
use millrace_engine::services::talk::{Ask, Control, Message, Reply};
use millrace_engine::services::wires::queue_mapping::{Scaling, visibility_wanted};
use millrace_engine::services::{LinkUnit, sqs::figures::requests_of};

/// ```text
/// tills --> queue --mapping--> function --> report
///             +--redrive--> dlq
/// ```
struct Shop<'a> {
    queue: &'a [(&'a str, &'a str)],
    mapping: &'a [(&'a str, &'a str)],
    function: &'a [(&'a str, &'a str)],
    rate: &'a str,
    receives: &'a str,
}

const CALM: Shop<'static> = Shop {
    queue: &[],
    mapping: &[],
    function: &[],
    rate: "200",
    receives: "3",
};

impl Shop<'_> {
    fn open(&self, seed: u64) -> Rig {
        let mut rig = Rig::new(seed);
        let tills = [
            ("rate", self.rate),
            ("clients", "4"),
            ("timeout", "1s"),
            ("resend", "full"),
        ];
        rig.node("tills", "tills", &tills);
        rig.node("queue", "sqs", self.queue);
        let fifo = self.queue.iter().filter(|(key, _)| *key == "fifo");
        rig.node("dlq", "sqs", &fifo.copied().collect::<Vec<_>>());
        rig.node("function", "lambda", self.function);
        rig.node("report", "sink", &[]);
        rig.wire("deliver", "function", "report", &[]);
        rig.wire("queue-mapping", "queue", "function", self.mapping);
        let receives = [("max_receive_count", self.receives)];
        rig.wire("redrive", "queue", "dlq", &receives);
        rig.wire("put", "tills", "queue", &[]);
        rig
    }
}

fn holds(rig: &Rig, when: &str) -> Conservation {
    let found = check(&rig.engine);
    let at = rig.engine.now();
    let breach = found.breach.clone().unwrap_or_default();
    assert!(found.holds, "{when}, at {at} us: {breach}");
    found
}

/// (delivered, again, held, ended) of the one path.
fn sums(rig: &Rig) -> (u64, u64, u64, u64) {
    let found = holds(rig, "sums");
    let path = found.paths.first().expect("a path");
    let ended = path.ended.values().sum();
    (
        path.first_delivered,
        path.delivered_again,
        path.in_custody,
        ended,
    )
}

fn quiet(rig: &mut Rig) {
    rig.set("tills", &[("rate", "0")]);
}

#[test]
fn all_messages_come_once_while_nothing_breaks() {
    for fifo in ["no", "yes"] {
        let queue = [("fifo", fifo)];
        let shop = Shop {
            queue: &queue,
            ..CALM
        };
        let mut rig = shop.open(5);
        for step in 1..=40 {
            rig.run_to(step * 250 * MS);
            holds(&rig, fifo);
        }
        quiet(&mut rig);
        rig.run_to(60 * SECOND);
        let (first, again, held, ended) = sums(&rig);
        assert!(first >= 1_900, "fifo {fifo}: about 200 a second: {first}");
        assert_eq!((again, held, ended), (0, 0, 0), "fifo {fifo}: each once");
    }
}

#[test]
fn what_always_fails_ends_in_the_dead_letter_queue_and_comes_back_from_there() {
    let queue = [("visibility_timeout", "20s")];
    let function = [
        ("errors", "poison"),
        ("poison", "5, 7"),
        ("on_error", "report"),
    ];
    let mapping = [("report_batch_item_failures", "yes")];
    let shop = Shop {
        queue: &queue,
        function: &function,
        mapping: &mapping,
        ..CALM
    };
    let mut rig = shop.open(6);
    rig.run_to(10 * SECOND);
    quiet(&mut rig);
    rig.run_to(120 * SECOND);
    let (first, _, held, ended) = sums(&rig);
    assert!(ended > 0, "the bad ones are dead");
    assert_eq!(held, 0, "the others came");
    let found = holds(&rig, "dead");
    assert_eq!(
        found.paths[0].ended.keys().copied().collect::<Vec<_>>(),
        ["dead-lettered"],
        "the one reason"
    );
    rig.set("function", &[("errors", "never")]);
    let node = rig.find("dlq");
    let control = Control::Redrive { per_second: 0 };
    rig.order(Order::Control { node, control });
    rig.run_to(180 * SECOND);
    let (now, again, held, left) = sums(&rig);
    assert_eq!(
        (now, held, left),
        (first + ended, 0, 0),
        "all came after all"
    );
    assert_eq!(again, 0, "and once");
}

#[test]
fn a_batch_without_a_report_fails_as_a_whole() {
    let queue = [("visibility_timeout", "20s")];
    let function = [("errors", "poison"), ("poison", "3, 17, 38, 77")];
    let shop = Shop {
        queue: &queue,
        function: &function,
        ..CALM
    };
    let mut rig = shop.open(6);
    rig.run_to(10 * SECOND);
    quiet(&mut rig);
    rig.run_to(200 * SECOND);
    let (_, again, _, ended) = sums(&rig);
    assert!(again > 0, "what was written before the error comes again");
    assert!(ended > 0, "and what lies behind it is dead in the end");
}

/// A fault of some kind at some node.
fn strike(rig: &mut Rig, rng: &mut Rng, number: u32) -> &'static str {
    let kinds = [
        ("queue", Fault::Crash),
        ("function", Fault::Crash),
        ("dlq", Fault::Crash),
        ("report", Fault::Crash),
        ("queue", Fault::Slow { times: 20 }),
        ("function", Fault::Slow { times: 20 }),
        ("queue", Fault::Refuse { ppm: 400_000 }),
        ("function", Fault::Refuse { ppm: 400_000 }),
        ("dlq", Fault::Refuse { ppm: 700_000 }),
        ("queue", Fault::LostAck { ppm: 300_000 }),
        ("function", Fault::LostAck { ppm: 300_000 }),
        ("dlq", Fault::LostAck { ppm: 500_000 }),
        ("report", Fault::LostAck { ppm: 300_000 }),
    ];
    let (name, fault) = kinds[rng.below(kinds.len() as u64) as usize];
    let (node, lasts) = (rig.find(name), SECOND + rng.below(8 * SECOND));
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
    name
}

/// An edit of some kind.
fn change(rig: &mut Rig, rng: &mut Rng) {
    match rng.below(8) {
        0 => rig.set("queue", &[("visibility_timeout", "3s")]),
        1 => rig.set("queue", &[("visibility_timeout", "40s")]),
        2 => rig.set(
            "queue",
            &[("delay", if rng.below(2) == 0 { "2s" } else { "0s" })],
        ),
        3 => rig.set("function", &[("duration", "4s")]),
        4 => rig.set("function", &[("duration", "50ms")]),
        5 => rig.set(
            "function",
            &[("reserved", if rng.below(2) == 0 { "2" } else { "-1" })],
        ),
        6 => {
            let node = rig.find("dlq");
            let control = Control::Redrive { per_second: 40 };
            rig.order(Order::Control { node, control });
        }
        _ => {
            let errors = ["never", "every", "always"][rng.below(3) as usize];
            rig.set("function", &[("errors", errors), ("error_every", "7")]);
        }
    }
}

fn walk(seed: u64, shop: &Shop<'_>, steps: u32) -> u64 {
    let mut rng = Rng::stream(seed, 0, "walk");
    let mut rig = shop.open(seed);
    for step in 0..steps {
        let next: Us = rig.engine.now() + (1 + rng.below(1_500)) * MS;
        rig.run_to(next);
        holds(&rig, &format!("seed {seed}, step {step}"));
        if step % 3 == 0 {
            let name = strike(&mut rig, &mut rng, step);
            holds(&rig, &format!("seed {seed}, step {step}, {name} struck"));
        }
        if step % 4 == 1 {
            change(&mut rig, &mut rng);
            holds(&rig, &format!("seed {seed}, step {step}, changed"));
        }
    }
    Digest::of(rig.engine.machine())
}

#[test]
fn all_is_accounted_for_while_anything_breaks() {
    for seed in 1..=8 {
        let fifo = [("fifo", if seed % 2 == 0 { "yes" } else { "no" })];
        let window = [("batch_size", "40"), ("window", "2")];
        let report = [("report_batch_item_failures", "yes")];
        let mapping: &[(&str, &str)] = match seed % 4 {
            1 => &window,
            2 => &report,
            _ => &[],
        };
        let function = [("on_error", if seed % 3 == 0 { "report" } else { "raise" })];
        let shop = Shop {
            queue: &fifo,
            mapping,
            function: &function,
            ..CALM
        };
        let digest = walk(seed, &shop, 120);
        if seed <= 2 {
            assert_eq!(
                digest,
                walk(seed, &shop, 120),
                "seed {seed}: the same again"
            );
        }
    }
}

#[test]
fn messages_outlive_the_wire_they_came_over() {
    let mut rig = CALM.open(9);
    rig.set("function", &[("duration", "3s")]);
    rig.run_to(5 * SECOND);
    let floor = rig.floor();
    let put = floor.wires.iter().position(|wire| &*wire.name == "put");
    let wire = millrace_engine::services::talk::WireId(put.expect("a put wire") as u32);
    let (_, _, before, _) = sums(&rig);
    rig.order(Order::RemoveWire(wire));
    let (_, _, held, _) = sums(&rig);
    assert!(before > 100 && before - held < 100, "{before} stay: {held}");
    rig.run_to(200 * SECOND);
    let (_, _, held, _) = sums(&rig);
    assert_eq!(held, 0, "all came");
    rig.wire("put", "tills", "queue", &[]);
    rig.run_to(220 * SECOND);
    holds(&rig, "sending again");
}

#[test]
fn w32_batches_at_work_grow_from_five_by_three_hundred_a_minute() {
    // 5, 305, 605, 905, 1,000 at minutes 0 to 4
    let queue = [("visibility_timeout", "1h")];
    let function = [("duration", "50s"), ("timeout", "60s"), ("account", "5000")];
    let mapping = [("batch_size", "1")];
    let shop = Shop {
        queue: &queue,
        function: &function,
        mapping: &mapping,
        rate: "200",
        receives: "1000",
    };
    let mut rig = shop.open(1);
    let mut seen = Vec::new();
    for minute in 0..5 {
        rig.run_to(minute * 60 * SECOND + 30 * SECOND);
        let gauges = rig.gauges("function");
        let batches = gauges
            .readings
            .iter()
            .find(|r| r.key == "concurrent_batches");
        let limit = batches.and_then(|reading| reading.limit);
        seen.push(limit.expect("a limit") as u32);
    }
    assert_eq!(seen, [5, 305, 605, 905, 1_000], "by the minute");
    holds(&rig, "with a thousand at work");
}

#[test]
fn w32_the_rule_of_2023_takes_seventeen_minutes() {
    let scaling = Scaling::of(None, Rules { as_of: 202_306 });
    let (mut allowed, mut minutes) = (scaling.first, 0);
    while allowed < scaling.most {
        allowed = scaling.grown(allowed);
        minutes += 1;
    }
    assert_eq!((allowed, minutes), (1_000, 17), "60 a minute");
}

/// Receives up to ten messages at once.
fn poll(rig: &mut Rig, name: &str) -> Vec<Message> {
    let (max, wait, visibility) = (10, Some(0), None);
    let ask = Ask::Receive {
        max,
        wait,
        visibility,
    };
    match rig.ask(name, ask) {
        Reply::Messages { messages } => messages,
        other => panic!("no messages: {other:?}"),
    }
}

#[test]
fn w36_the_fourth_receive_moves_the_message_instead() {
    // visibility 30 s, maxReceiveCount 3, never deleted, polled all the time
    let mut rig = Rig::new(1);
    rig.node("queue", "sqs", &[]);
    rig.node("dlq", "sqs", &[]);
    rig.wire("redrive", "queue", "dlq", &[("max_receive_count", "3")]);
    let lane = rig.lane("k", None);
    let (entries, batched) = (vec![rig.parcel(lane, 0, 1, 100)], false);
    rig.ask(
        "queue",
        Ask::Put {
            entries: entries.into(),
            batched,
        },
    );
    let (mut receives, mut moved) = (Vec::new(), None);
    for half in 0..=200 {
        rig.run_to(half * 500 * MS);
        if !poll(&mut rig, "queue").is_empty() {
            receives.push(half * 500 * MS / SECOND);
        }
        if moved.is_none() && !poll(&mut rig, "dlq").is_empty() {
            moved = Some(half * 500 * MS / SECOND);
        }
    }
    assert_eq!((receives, moved), (vec![0, 30, 60], Some(90)), "in seconds");
}

#[test]
fn w37_six_time_outs_and_the_window() {
    let wanted = visibility_wanted(60 * SECOND, 5 * SECOND);
    assert_eq!(wanted, 365 * SECOND, "6 x 60 + 5");
}

#[test]
fn w44_sixty_five_kilobytes_are_two_requests() {
    let billed = [1, 64 << 10, 65 << 10, 256 << 10].map(requests_of);
    assert_eq!(billed, [1, 1, 2, 4], "each started 64 KB");
}

/// Faults at "queue" at random times, one after the other.
fn weather(rig: &mut Rig, rng: &mut Rng, number: u32) {
    let fault = match rng.below(4) {
        0 => Fault::Crash,
        1 => Fault::Slow { times: 20 },
        2 => Fault::Refuse { ppm: 300_000 },
        _ => Fault::LostAck { ppm: 300_000 },
    };
    let (node, lasts) = (rig.find("queue"), 200 * MS + rng.below(2 * SECOND));
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
}

#[test]
fn a_fifo_queue_admits_no_more_than_its_limit_whatever_breaks() {
    const SENT: u16 = 4;
    let mut rng = Rng::stream(4, 0, "limit");
    let mut rig = Rig::new(4);
    rig.node("queue", "sqs", &[("fifo", "yes")]);
    let lane = rig.lane("k", None);
    for step in 0..2_400_u32 {
        rig.run_to(Us::from(step) * 5 * MS);
        if step % 300 == 299 {
            weather(&mut rig, &mut rng, step);
        }
        for call in 0..rng.below(6) {
            let first = u64::from(step) * 10 + call;
            let (entries, batched) = (vec![rig.parcel(lane, first, 1, 100)], false);
            rig.begin(
                "queue",
                Ask::Put {
                    entries: entries.into(),
                    batched,
                },
            );
        }
    }
    // at most C + r w over every interval: with the least of what went before, one pass is enough
    let (limit, mut before, mut least) = (300_i64, 0_i64, 0_i64);
    let mut most = 0;
    for (at, fact) in &rig.facts {
        if let Fact::Metric {
            metric: SENT,
            value,
            ..
        } = fact
        {
            let refilled = limit * i64::try_from(*at).expect("a short run");
            least = least.min(before * 1_000_000 - refilled);
            before += i64::try_from(*value).expect("few");
            most = most.max(before * 1_000_000 - refilled - least);
        }
    }
    assert!(before > 2_000, "much was let in: {before}");
    assert!(
        most <= limit * 1_000_000,
        "beyond the limit by {most} millionths"
    );
    assert!(most > 290_000_000, "the limit was reached: {most}");
}

#[test]
fn no_more_batches_are_at_work_than_are_allowed_whatever_breaks() {
    let mapping = [("max_concurrency", "3"), ("batch_size", "2")];
    let function = [("duration", "400ms")];
    let shop = Shop {
        mapping: &mapping,
        function: &function,
        ..CALM
    };
    let mut rng = Rng::stream(8, 0, "batches");
    let mut rig = shop.open(8);
    let floor = rig.floor();
    let wire = floor
        .wires
        .iter()
        .position(|wire| &*wire.name == "queue-mapping");
    let wire = millrace_engine::services::talk::WireId(wire.expect("a mapping") as u32);
    let mut most = 0;
    for step in 0..600 {
        rig.run_to((step + 1) * 50 * MS);
        if step % 60 == 30 {
            strike(&mut rig, &mut rng, step as u32);
        }
        let Some(LinkUnit::QueueMapping(part)) = rig.engine.machine().link(wire) else {
            panic!("the mapping stands");
        };
        most = most.max(part.state.at_work().count());
        assert!(part.state.at_work().count() <= 3, "at {step}");
        holds(&rig, "three at work");
    }
    assert_eq!(most, 3, "as many as allowed");
}

#[test]
fn what_the_filter_holds_back_ends_and_leaves_the_queue() {
    let filter = r#"{"body": {"units": [{"numeric": [">", 1]}]}}"#;
    for fifo in ["no", "yes"] {
        let (queue, mapping) = ([("fifo", fifo)], [("filter", filter)]);
        let shop = Shop {
            queue: &queue,
            mapping: &mapping,
            ..CALM
        };
        let mut rng = Rng::stream(3, 0, "filter");
        let mut rig = shop.open(3);
        for step in 0..60 {
            rig.run_to((step + 1) * 250 * MS);
            if step % 12 == 6 {
                strike(&mut rig, &mut rng, step as u32);
            }
            holds(&rig, "filtered");
        }
        quiet(&mut rig);
        rig.run_to(400 * SECOND);
        let found = holds(&rig, "at the end");
        let path = &found.paths[0];
        let filtered = path.ended.get("filtered").copied().unwrap_or(0);
        assert!(
            filtered > 100 && path.first_delivered > 100,
            "fifo {fifo}: {path:?}"
        );
        assert_eq!(path.in_custody, 0, "fifo {fifo}: nothing stays");
    }
}
