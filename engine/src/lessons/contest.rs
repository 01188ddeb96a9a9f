//! The contest: n clients each want to write one item once, on condition that nobody did since they
//! read it. Who comes too late backs off and reads again.
//!
//! ```text
//!   client --read--> item --version--> client --write if version--> item --done | too late--> client
//!      ^______________________ back-off, once more __________________________________________|
//! ```
//!
//! After the AWS Architecture Blog, "Exponential Backoff And Jitter" (2015), and its program
//! aws-arch-backoff-simulator (read 2026-11): every message takes a time around a mean, and a delay
//! comes on top of the next request. The delays are those of the clients of all sources.

use crate::base::rng::Rng;
use crate::base::sample::normal;
use crate::base::time::Us;
use crate::kernel::{Cx, Engine, Limits, Machine};
use crate::services::shared::client::Backoff;

/// Most events of one contest: who contends this long has stopped being a lesson.
const EVENTS_MAX: u64 = 20_000_000;

/// Who contends, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Contest {
    /// How many clients there are.
    pub clients: u32,
    /// How they back off; `None`: they try again at once.
    pub backoff: Option<Backoff>,
    /// Base of the delay [us].
    pub base: Us,
    /// Longest delay [us].
    pub cap: Us,
    /// Mean time of a message [us].
    pub net_mean: Us,
    /// Its standard deviation [us].
    pub net_sd: Us,
}

/// What a contest came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ended {
    /// When the last client knew that it had written [us].
    pub at: Us,
    /// Writes that were tried.
    pub calls: u64,
    /// How many of the clients have written: all, unless the contest was stopped.
    pub written: u32,
}

/// A message on its way; each names its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Message {
    Read(u32),
    Version(u32, u64),
    Write(u32, u64),
    Written(u32, bool),
}

#[derive(Clone, Debug, Hash)]
struct Bench {
    contest: Contest,
    version: u64,
    calls: u64,
    written: u32,
    /// Failed attempts and last delay [us] of each client.
    tries: Vec<(u32, Us)>,
    rng: Rng,
}

impl Bench {
    fn travel(&mut self) -> Us {
        let (mean, sd) = (self.contest.net_mean as f64, self.contest.net_sd as f64);
        libm::round((mean + sd * normal(&mut self.rng)).abs()) as Us
    }

    /// The delay of a client that came too late once more [us].
    fn pause(&mut self, client: u32) -> Us {
        let Some(backoff) = self.contest.backoff else {
            return 0;
        };
        let (tries, previous) = &mut self.tries[client as usize];
        *tries += 1;
        let bounds = (self.contest.base as f64, self.contest.cap as f64);
        let rng = &mut self.rng;
        let pause = backoff.pause(bounds, *tries, *previous as f64, &mut || rng.unit());
        *previous = libm::round(pause) as Us;
        *previous
    }
}

impl Machine for Bench {
    type Signal = Message;
    type Fact = ();

    fn handle(&mut self, message: Message, cx: &mut Cx<'_, Self>) {
        let next = match message {
            Message::Read(client) => Message::Version(client, self.version),
            Message::Version(client, version) => Message::Write(client, version),
            Message::Write(client, version) => {
                self.calls += 1;
                let first = version == self.version;
                self.version += u64::from(first);
                Message::Written(client, first)
            }
            Message::Written(_, true) => {
                self.written += 1;
                return;
            }
            Message::Written(client, false) => Message::Read(client),
        };
        let pause = match message {
            Message::Written(client, false) => self.pause(client),
            _ => 0,
        };
        let at = cx.now() + self.travel() + pause;
        cx.at(at, next);
    }
}

impl Contest {
    /// Plays the contest to its end.
    #[must_use]
    pub fn play(self, seed: u64) -> Ended {
        let bench = Bench {
            contest: self,
            version: 0,
            calls: 0,
            written: 0,
            tries: vec![(0, self.base); self.clients as usize],
            rng: Rng::stream(seed, u64::from(self.clients), "contest"),
        };
        let mut engine = Engine::new(bench, Limits::default());
        for client in 0..self.clients {
            let at = engine.machine_mut().travel();
            engine.schedule(at, Message::Read(client));
        }
        let mut at = 0;
        while let Some(next) = engine.next_at() {
            if engine.events() > EVENTS_MAX {
                break;
            }
            at = next;
            engine.run_until(at, u64::MAX, &mut ());
        }
        let bench = engine.machine();
        Ended {
            at,
            calls: bench.calls,
            written: bench.written,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::MS;

    fn contest(clients: u32, backoff: Option<Backoff>) -> Contest {
        Contest {
            clients,
            backoff,
            base: 5 * MS,
            cap: 2_000 * MS,
            net_mean: 10 * MS,
            net_sd: 2 * MS,
        }
    }

    #[test]
    fn one_client_writes_at_its_first_attempt() {
        let ended = contest(1, Some(Backoff::Full)).play(3);
        assert_eq!((ended.calls, ended.written), (1, 1));
        assert!(
            (20 * MS..60 * MS).contains(&ended.at),
            "four messages: {ended:?}"
        );
    }

    #[test]
    fn each_writes_once_and_jitter_saves_calls() {
        let mean = |backoff| {
            let calls: u64 = (0..20)
                .map(|seed| {
                    let ended = contest(30, backoff).play(seed);
                    assert_eq!(ended.written, 30, "all write");
                    assert_eq!(
                        ended,
                        contest(30, backoff).play(seed),
                        "a function of the seed"
                    );
                    ended.calls
                })
                .sum();
            calls / 20
        };
        let (at_once, full) = (mean(None), mean(Some(Backoff::Full)));
        assert!(full * 3 < at_once * 2, "{full} against {at_once} calls");
    }
}
