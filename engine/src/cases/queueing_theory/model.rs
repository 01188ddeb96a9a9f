//! What a case describes: arrivals, law of the service, servers and room, as settings of the
//! waiting room.

use super::bench::Settings;
use crate::cases::{Inexpressible, Node};

/// Places of a room that never fills [records].
const AMPLE: u64 = 1_000_000;
/// From this load on a single run would have to last too long.
const LOAD_MAX: f64 = 0.975;

/// A law of the service time with mean 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Law {
    Fixed,
    Exponential,
    /// Half the width over the mean.
    Uniform(f64),
    Erlang(u32),
    LogNormal(f64),
    /// The short and the long time over the mean.
    TwoPoint(f64, f64),
}

impl Law {
    /// Variance over the squared mean.
    pub(super) fn scv(self) -> f64 {
        match self {
            Self::Fixed => 0.0,
            Self::Exponential => 1.0,
            Self::Uniform(half) => half * half / 3.0,
            Self::Erlang(phases) => 1.0 / f64::from(phases),
            Self::LogNormal(cv) => cv * cv,
            Self::TwoPoint(short, long) => (1.0 - short) * (long - 1.0),
        }
    }

    /// A law with this squared coefficient of variation, where a case leaves the law open.
    pub(super) fn of_scv(scv: f64) -> Self {
        match scv {
            0.0 => Self::Fixed,
            _ => Self::TwoPoint(0.5, 1.0 + 2.0 * scv),
        }
    }

    /// The law that a case puts into words, with its mean; `None`: not known.
    pub(super) fn read(text: &str) -> Option<(Self, f64)> {
        let lower = text.to_lowercase();
        let number = |text: &str| text.trim().parse::<f64>().ok();
        let after = |word: &str| {
            let rest = lower.split_once(word)?.1;
            number(rest.split([',', ' ']).find(|part| !part.is_empty())?)
        };
        let mean = after("mean ").unwrap_or(1.0);
        if let Some(ends) = lower.strip_prefix("uniform ") {
            let (low, high) = ends.split_once("..")?;
            let (low, high) = (number(low)?, number(high)?);
            let law = Self::Uniform((high - low) / (high + low));
            return Some((law, f64::midpoint(low, high)));
        }
        if let Some(rest) = lower.strip_prefix("erlang-") {
            let phases = rest.split([',', ' ']).next()?;
            return Some((Self::Erlang(phases.parse().ok()?), mean));
        }
        if lower.contains(" with probability ") {
            return Self::two_points(&lower);
        }
        if lower.starts_with("any law") {
            return Some((Self::of_scv(after("variation ")?), mean));
        }
        match lower.split([',', ' ']).next()? {
            "exponential" => Some((Self::Exponential, mean)),
            "deterministic" | "constant" | "fixed" => Some((Self::Fixed, mean)),
            "log-normal" | "lognormal" => {
                let scv = after("variation ").or_else(|| after("scv "))?;
                Some((Self::LogNormal(libm::sqrt(scv)), mean))
            }
            _ => None,
        }
    }

    /// "0.5 with probability 8/9, else 5.0".
    fn two_points(text: &str) -> Option<(Self, f64)> {
        let (one, rest) = text.split_once(" with probability ")?;
        let (share, other) = rest.split_once("else")?;
        let share = share.trim().trim_end_matches(',');
        let share: f64 = match share.split_once('/') {
            Some((top, bottom)) => top.parse::<f64>().ok()? / bottom.parse::<f64>().ok()?,
            None => share.parse().ok()?,
        };
        let (one, other): (f64, f64) = (one.trim().parse().ok()?, other.trim().parse().ok()?);
        let mean = share * one + (1.0 - share) * other;
        let law = Self::TwoPoint(one.min(other) / mean, one.max(other) / mean);
        Some((law, mean))
    }

    /// Its settings.
    fn settings(self) -> Settings {
        match self {
            Self::Fixed => vec![("law", "fixed".to_owned())],
            Self::Exponential => vec![("law", "exponential".to_owned())],
            Self::Uniform(half) => vec![
                ("law", "uniform".to_owned()),
                ("spread", format!("{:.1}", half * 100.0)),
            ],
            Self::Erlang(phases) => {
                vec![("law", "erlang".to_owned()), ("phases", phases.to_string())]
            }
            Self::LogNormal(cv) => {
                vec![("law", "log-normal".to_owned()), ("cv", format!("{cv:.2}"))]
            }
            Self::TwoPoint(short, long) => vec![
                ("law", "two-point".to_owned()),
                ("short", format!("{:.1}", short * 100.0)),
                ("long", format!("{long:.3}")),
            ],
        }
    }
}

/// A queue as a case describes it; the unit of time is a second.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Arrivals [1/s].
    pub(super) rate: f64,
    /// Mean service [s].
    pub(super) mean: f64,
    /// Variance of the service over its squared mean.
    pub(super) scv: f64,
    /// `None`: as many as are needed.
    pub(super) servers: Option<u64>,
    /// Places where one waits; `None`: as many as are needed.
    pub(super) room: Option<u64>,
    /// Whether the service has no memory.
    pub(super) memoryless: bool,
    /// The settings of the waiting room.
    pub(super) settings: Settings,
}

impl Model {
    /// A queue.
    ///
    /// # Errors
    /// If the waiting room has no such settings, or the queue no balance.
    pub(super) fn new(
        (rate, mean, law): (f64, f64, Law),
        servers: Option<u64>,
        room: Option<u64>,
    ) -> Result<Self, Inexpressible> {
        let bad = |why: &str| Err(Inexpressible(why.to_owned()));
        if !(1e-6..=1e5).contains(&rate) || !(1e-3..=1e5).contains(&mean) {
            return bad("the rates are outside what the bench measures well");
        }
        if servers.is_some_and(|n| n == 0 || n > 10_000) || room.is_some_and(|n| n > AMPLE) {
            return bad("the waiting room has no setting for so many servers or places");
        }
        let mut settings = law.settings();
        settings.push(("mean", format!("{:.0}us", mean * 1e6)));
        settings.push(("servers", servers.unwrap_or(0).to_string()));
        settings.push(("room", room.unwrap_or(AMPLE).to_string()));
        let texts: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
        if let Err(error) = crate::services::rig::config_of("queue", &texts) {
            return bad(&error.0);
        }
        let model = Self {
            rate,
            mean,
            scv: law.scv(),
            servers,
            room,
            memoryless: law == Law::Exponential,
            settings,
        };
        if room.is_none() && model.load() > LOAD_MAX {
            return bad("so near to saturation a run would have to last too long");
        }
        Ok(model)
    }

    /// The share of the servers' time that is asked for.
    pub(super) fn load(&self) -> f64 {
        let servers = self.servers.map_or(f64::INFINITY, |n| n as f64);
        self.rate * self.mean / servers
    }

    /// Departures to expect with so many inside, if the service has no memory [1/s].
    pub(super) fn pace(&self, inside: usize) -> f64 {
        let servers = self.servers.unwrap_or(u64::MAX);
        servers.min(inside as u64) as f64 / self.mean
    }

    /// Whether all go through one server and nobody is refused.
    pub(super) fn single_line(&self) -> bool {
        self.servers == Some(1) && self.room.is_none()
    }

    /// Until the empty room at the start is forgotten [s].
    pub(super) fn warm_up(&self) -> f64 {
        let servers = self.servers.unwrap_or(1) as f64;
        let memory = match self.room {
            Some(places) => 10.0 * (places as f64 + 1.0),
            None => {
                let spare = 1.0 - self.load();
                10.0 * (1.0 + self.scv) / (spare * spare) / servers
            }
        };
        self.mean * (20.0 + memory)
    }
}

/// Servers of a case: a number or "unlimited".
///
/// # Errors
/// If it is neither.
pub(super) fn servers(node: &Node<'_>) -> Result<Option<u64>, Inexpressible> {
    if !node.is_text() {
        return node.u64().map(Some);
    }
    match node.text()? {
        "unlimited" => Ok(None),
        _ => Err(node.bad("is no count of servers")),
    }
}
