//! Conservation, checked while the run goes on: at each checkpoint, with a bounded share of the time.
//!
//! A check takes time in proportion to what is held: a stream that nobody reads for hours holds
//! millions of records. So it is paid for by events: each gives half a look at a stretch of held
//! records. A look was measured to take 30 to 100 ns and an event 1 to 4 us, so that checks take
//! at most about 4 % of the time of a run, and far less where little is held. A check that is not
//! paid for yet is left to a later checkpoint; the report at the end of a run checks in any case
//! ([`Run::conservation`]).
//!
//! A breach stops the run: `SimFault::Broken` with promise, event number and ids.

use super::Run;
use crate::ledger::conservation;

/// Events that pay for a look at one stretch of held records on one path.
const EVENTS_A_LOOK: u64 = 2;

/// What was checked so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Checks made.
    pub checks: u64,
    /// Looks of all of them.
    pub looks: u64,
    /// Looks of the last one: what the next one will cost, about.
    last: u64,
    /// A checkpoint was taken and its check is still to be made.
    due: bool,
}

impl Checked {
    /// A checkpoint was taken.
    pub(super) fn is_due(&mut self) {
        self.due = true;
    }

    /// Whether a check is to be made as soon as the instant is over.
    pub(super) fn waits(&self) -> bool {
        self.due
    }

    /// The branch begins again at `events`.
    pub(super) fn cut(&mut self, events: u64) {
        self.due = false;
        self.looks = self.looks.min(events / EVENTS_A_LOOK);
    }
}

impl Run {
    /// Makes the check that is due, if the instant is over: in its middle what a reader lost is on
    /// its way back to the log.
    pub(super) fn check_live(&mut self) {
        let amid = self.engine.next_at() == Some(self.engine.now());
        if !self.checked.due || amid || self.taking {
            return;
        }
        let known = self.checked;
        let paid = self.engine.events() / EVENTS_A_LOOK;
        self.checked.due = false;
        if known.looks + known.last > paid {
            return;
        }
        let (breach, looks) = conservation::look(&self.engine);
        self.checked.checks += 1;
        self.checked.looks += looks;
        self.checked.last = looks;
        if let Some(breach) = breach {
            conservation::declare(&mut self.engine, breach);
        }
    }

    /// What the checks while it ran looked at.
    #[must_use]
    pub fn checked(&self) -> Checked {
        self.checked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;
    use crate::design::Design;
    use crate::design::edit::Edit;
    use crate::kernel::{SimFault, Stop};

    /// Tills, a stream, an application that works on `rate` records a second, a report.
    fn shop(rate: &str) -> Run {
        let node = |id: &str, service: &str, settings: &[(&str, &str)]| Edit::AddNode {
            id: id.into(),
            service: service.into(),
            settings: settings
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        };
        let wire = |kind: &str, from: &str, to: &str| Edit::AddWire {
            id: format!("{from}-to-{to}"),
            kind: kind.into(),
            from: from.into(),
            to: to.into(),
            settings: std::collections::BTreeMap::new(),
        };
        let keys = ("key", "{store}/{nn}");
        let edits = vec![
            node(
                "tills",
                "tills",
                &[("rate", "2000"), ("tick", "10ms"), keys],
            ),
            node("stream", "kinesis", &[("shards", "4")]),
            node("app", "consumer", &[("rate", rate)]),
            node("report", "sink", &[]),
            wire("put", "tills", "stream"),
            wire("poll", "stream", "app"),
            wire("deliver", "app", "report"),
        ];
        let design = Design::default().apply(&Edit::Many(edits));
        Run::new(design.expect("a good design")).expect("it runs")
    }

    #[test]
    fn a_planted_loss_stops_the_run_without_being_asked() {
        let mut run = shop("0");
        run.advance(500 * SECOND, u64::MAX);
        assert!(run.checked().checks > 2, "{:?}", run.checked());
        assert_eq!(run.engine.fault(), None, "nothing is lost");
        run.engine.machine_mut().floor.books.paths[0].owed += 1;
        let begun = run.engine.events();
        let progress = run.advance(2_000 * SECOND, u64::MAX);
        let Stop::Fault(SimFault::Broken {
            at,
            event,
            promise,
            ids,
            ..
        }) = &progress.stop
        else {
            panic!("it stops: {progress:?}")
        };
        assert_eq!(*promise, "conservation");
        assert_eq!(ids[..], ["tills", "stream", "app", "report"]);
        assert!(*at < 2_000 * SECOND && *event > begun, "{progress:?}");
        assert!(*event < begun + 100_000, "soon: {progress:?}");
        let again = run.advance(3_000 * SECOND, u64::MAX);
        assert_eq!(again, progress, "it stays stopped");
    }

    #[test]
    fn checks_take_a_bounded_share_however_much_is_held() {
        for (rate, least) in [("0", 8), ("100", 1)] {
            let mut run = shop(rate);
            run.advance(1_500 * SECOND, u64::MAX);
            let (checked, events) = (run.checked(), run.engine.events());
            assert!(checked.checks >= least, "{rate}: {checked:?} of {events}");
            let most = events / EVENTS_A_LOOK + checked.last;
            assert!(checked.looks <= most, "{rate}: {checked:?} of {events}");
        }
    }

    #[test]
    fn a_fork_checks_its_branch_anew() {
        let mut run = shop("0");
        run.advance(500 * SECOND, u64::MAX);
        let before = run.checked().checks;
        while run.seek(100 * SECOND, u64::MAX).stop == Stop::Budget {}
        run.edit(Edit::Set {
            at: "stream".into(),
            field: "retention".into(),
            value: "48h".into(),
        })
        .expect("an edit in the past");
        run.advance(500 * SECOND, u64::MAX);
        assert!(run.checked().checks > before + 1, "{:?}", run.checked());
    }
}
