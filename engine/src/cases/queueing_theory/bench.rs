//! The waiting room of the workbench under Poisson arrivals from outside, customer by customer.

use crate::base::rng::Rng;
use crate::base::sample::exponential;
use crate::base::time::{SECOND, Us};
use crate::kernel::{Observer, Stop};
use crate::services::facts::Fact;
use crate::services::plant::Signal;
use crate::services::rig::Rig;
use crate::services::talk::Ask;

/// Name of the waiting room on its bench.
const NAME: &str = "room";
/// Arrivals that are put into the kernel's queue at once.
const AT_ONCE: usize = 256;
/// Stream of the gaps between arrivals; the bench has no node of this number.
const GAPS: u64 = 99;

/// Settings of the waiting room, as texts.
pub(super) type Settings = Vec<(&'static str, String)>;

/// What a run showed of each customer [us].
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    /// When each came, and whether it was let in; in order of arrival.
    pub(super) came: Vec<(Us, bool)>,
    /// How long each of those let in waited; in order of arrival.
    pub(super) waited: Vec<Us>,
    /// When those let in left, and how long they had been inside; in order of leaving.
    pub(super) left: Vec<(Us, Us)>,
}

/// Picks out of the facts what customers go through.
struct Watch {
    path: Path,
    arrived: u16,
    refused: u16,
    wait: u16,
    in_system: u16,
}

impl Observer<Fact> for Watch {
    fn fact(&mut self, at: Us, fact: Fact) {
        let Fact::Metric { metric, value, .. } = fact else {
            return;
        };
        if metric == self.arrived {
            self.path.came.push((at, true));
        } else if metric == self.refused {
            if let Some((_, let_in)) = self.path.came.last_mut() {
                *let_in = false;
            }
        } else if metric == self.wait {
            self.path.waited.push(value);
        } else if metric == self.in_system {
            self.path.left.push((at, value));
        }
    }
}

/// Plays arrivals at `rate` [1/s] up to `until` and waits until all who came in have left.
///
/// # Errors
/// A sentence if the engine stops.
pub(super) fn play(settings: &Settings, rate: f64, seed: u64, until: Us) -> Result<Path, String> {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut rig = Rig::new(seed);
    let to = rig.node(NAME, "queue", &settings);
    let lane = rig.lane("customers", None);
    let metrics = rig.floor().node(to).kind.entry().metrics;
    let index = |name: &str| metrics.iter().position(|m| m.name == name).unwrap_or(0) as u16;
    let mut watch = Watch {
        path: Path::default(),
        arrived: index("Arrived"),
        refused: index("Refused"),
        wait: index("Wait"),
        in_system: index("InSystem"),
    };
    let mut gaps = Rng::stream(seed, GAPS, "arrivals");
    let (mut exact, mut at, mut first) = (0.0, 0, 0);
    while at < until {
        for _ in 0..AT_ONCE {
            exact += exponential(&mut gaps, SECOND as f64 / rate);
            // no two come at one instant, so that each can be told by its time
            at = (libm::round(exact) as Us).max(at + 1);
            let mut parcel = rig.parcel(lane, first, 1, 100);
            parcel.born = at;
            first += 1;
            let parcels = vec![parcel];
            let ask = Ask::Hand {
                parcels: parcels.into(),
            };
            rig.engine.schedule(at, Signal::FromOutside { to, ask });
        }
        run(&mut rig, at, &mut watch)?;
    }
    while let Some(next) = rig.engine.next_at() {
        run(&mut rig, next.saturating_add(100 * SECOND), &mut watch)?;
    }
    Ok(watch.path)
}

fn run(rig: &mut Rig, until: Us, watch: &mut Watch) -> Result<(), String> {
    match rig.engine.run_until(until, u64::MAX, watch) {
        Stop::Reached => Ok(()),
        stop => Err(format!("the run stops: {stop:?}")),
    }
}
