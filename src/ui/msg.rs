//! Everything that can happen on the page, flat.

use super::bench::BenchMsg;
use super::charts::{ChartMsg, Which};
use super::seen::Seen;
use super::session::{Offer, Told};
use super::visit::Cure;
use yew::AttrValue;

/// The inspector's tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Settings.
    #[default]
    Configure,
    /// Readings, lanes, faults.
    Live,
    /// The guide.
    Learn,
    /// The node as code.
    Code,
}

/// What can be open above the page; one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Popover {
    /// Files and reset.
    Menu,
    /// The seed's form.
    Seed,
    /// The sheet of keys.
    Keys,
    /// A chart's numbers.
    Table(Which),
    /// The chooser of a new chart.
    Chooser,
    /// How exact the model is.
    Scores,
    /// Scenarios and their acts.
    Scenarios,
    /// Every command, found by typing.
    Commands,
    /// Where a wire can lead.
    Joins,
    /// The menu of a part.
    Part,
}

/// The parts of the ledger's panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LedgerPart {
    /// Sums, and what was lost and twice by reason.
    #[default]
    Sums,
    /// What came out of the act.
    Came,
    /// Keys that differ.
    Keys,
    /// What it costs.
    Cost,
}

impl LedgerPart {
    /// All, in the order in which they stand.
    pub(crate) const ALL: [Self; 4] = [Self::Sums, Self::Came, Self::Keys, Self::Cost];

    /// Key of its title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Sums => "ledger.title",
            Self::Came => "came.title",
            Self::Keys => "ledger.keys",
            Self::Cost => "cost.title",
        }
    }

    /// Its name in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Sums => "sums",
            Self::Came => "came",
            Self::Keys => "keys",
            Self::Cost => "cost",
        }
    }
}

/// One message.
#[derive(Debug)]
pub(crate) enum Msg {
    /// The panels' values changed.
    Seen(Box<Seen>),
    /// Play or pause.
    PlayPause,
    /// One event.
    Step,
    /// To the next event worth a look.
    NextNotable,
    /// To the start.
    ToStart,
    /// The speed with this index.
    Speed(usize),
    /// The next faster or slower speed.
    Faster(bool),
    /// The timeline's thumb moved to this time [us].
    Scrub(u64),
    /// The timeline's thumb was let go.
    Rest,
    /// Another scenario and act; its first act if none is named.
    Scenario(&'static str, Option<&'static str>),
    /// A new run under this seed.
    Seed(u64),
    /// The scenario as it came, from the start.
    Reset,
    /// The next theme.
    Theme,
    /// The system's theme changed, or the window's size.
    Surroundings,
    /// The tab was hidden or shown.
    Hidden(bool),
    /// A node or wire has the focus.
    Focus(AttrValue),
    /// A node or wire is chosen in the mirror.
    Choose(AttrValue),
    /// A node or wire is chosen, with a tab of the inspector.
    ChooseTab(AttrValue, Tab),
    /// Something about building.
    Bench(BenchMsg),
    /// The stage is zoomed about its middle.
    ZoomBy(f64),
    /// The stage was zoomed by a factor, about a point.
    StageZoom(f64, f64, f64),
    /// The whole design is to be seen.
    StageFit,
    /// The pointer is over this point of the stage, or nowhere.
    StageHover(Option<(f64, f64)>),
    /// A tab of the inspector.
    Tab(Tab),
    /// Opens or folds the inspector.
    Inspector(bool),
    /// Opens or folds the charts.
    Charts(bool),
    /// Opens or folds the ledger.
    Ledger(bool),
    /// Another part of the ledger's panel.
    LedgerPart(LedgerPart),
    /// A field's new value: node or pattern, key, text.
    Edit(String, &'static str, String),
    /// Applies the edit that waits for a new run.
    Restart,
    /// Drops it.
    KeepRun,
    /// The newest edit is taken back.
    Undo,
    /// A fault at a node for some time [us].
    Fault(AttrValue, &'static str, u64),
    /// How many shards does the load of this stream need?
    Size(AttrValue),
    /// Why does this node, or this lane of it, refuse?
    Why(AttrValue, Option<u32>),
    /// Closes the answer.
    WhyClosed,
    /// A guide came: its folder and id, its text.
    Guide((&'static str, &'static str), String),
    /// A file was chosen or dropped.
    File(web_sys::File),
    /// Its name and text.
    FileRead(String, Option<String>),
    /// Saves the run as a file.
    Save,
    /// Copies a link to the run.
    Share,
    /// The address has changed.
    Linked,
    /// The counts of cases came, or did not.
    Scores(Option<String>),
    /// Something about charts.
    Chart(ChartMsg),
    /// Opens or closes what lies above the page.
    Popover(Option<Popover>),
    /// The pointer or the focus went elsewhere.
    Outside,
    /// Says what happened.
    Say(String),
    /// Says what the session has to tell.
    Tell(Told),
    /// What a message offers is taken.
    Take(Offer),
    /// The message was read.
    NoticeClosed,
    /// The focus is moved once what it shall come to is there.
    Refocus,
    /// The good rows of a file with bad ones are wanted.
    UseGoodRows,
    /// Files are being dragged over the page, or no longer.
    Dragging(bool),
    /// Text for the clipboard.
    Copy(AttrValue),
    /// A key that no control wanted.
    Key(String),
    /// Turns single-key commands on or off.
    KeysOn(bool),
    /// The first visit is skipped.
    Skip,
    /// The first visit's forecast.
    Forecast(Cure),
    /// The first visit begins again.
    VisitAgain,
    /// Panics: only in a build for tests.
    #[cfg(feature = "test-hooks")]
    Panic,
}
