//! The page's one component: state, life cycle, and the table of messages.

mod bench;
mod charting;
mod choosing;
mod files;
mod keys;
mod life;
mod links;
mod recent;
mod update;
mod view;
mod wiring;

use super::bench::commands::Command;
use super::bench::joins::JoinList;
use super::bench::menu::MenuOf;
use super::charts::{ChartTable, Choice, Shelf};
use super::inspector::Refused;
use super::msg::{LedgerPart, Msg, Popover, Tab};
use super::scores::Known;
use super::seen::Seen;
use super::session::{Offer, Session};
use super::why::Answer;
use crate::platform::listen::Listener;
use crate::platform::raf::Raf;
use crate::platform::theme::Theme;
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::catalog::guide::Guide;
use millrace_engine::design::compose::Clip;
use millrace_engine::design::edit::Edit;
use millrace_engine::services::shared::trace::Trace;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use yew::prelude::*;

use life::Opening;
pub(crate) use life::open;
pub(crate) use recent::worked;

/// Something told to the reader.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    /// Sentences.
    pub(crate) lines: Vec<AttrValue>,
    /// Whether it is bad news.
    pub(crate) bad: bool,
    /// What can be done about it.
    pub(crate) offer: Option<Offer>,
    /// The good rows of a file with bad ones, which may be used all the same.
    pub(crate) rows: Option<GoodRows>,
}

/// Good rows that the reader may use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GoodRows {
    /// Name of the file.
    pub(crate) name: String,
    /// How many good rows there are.
    pub(crate) rows: u64,
    /// The trace that they make.
    pub(crate) trace: Arc<Trace>,
}

/// What is open and chosen; no result depends on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shell {
    /// The scenario's id; empty for a file of the reader's own.
    pub(crate) scenario: AttrValue,
    /// The act's id; empty for a file of the reader's own.
    pub(crate) act: AttrValue,
    /// Theme.
    pub(crate) theme: Theme,
    /// Whether the inspector is open.
    pub(crate) inspector: bool,
    /// Its tab.
    pub(crate) tab: Tab,
    /// Whether the charts are open.
    pub(crate) charts: bool,
    /// Whether the ledger is open.
    pub(crate) ledger: bool,
    /// The part of it that is shown.
    pub(crate) ledger_part: LedgerPart,
    /// The chosen node or wire.
    pub(crate) chosen: Option<AttrValue>,
    /// The node or wire that the tab key comes to.
    pub(crate) focus: AttrValue,
    /// What is open above the page.
    pub(crate) popover: Option<Popover>,
    /// Whether the palette is open.
    pub(crate) palette: bool,
    /// Whether the three things to do of an empty start are shown.
    pub(crate) tasks: bool,
    /// The menu of a part, while it is open.
    pub(crate) menu: Option<MenuOf>,
    /// Where a wire can lead, while that is asked.
    pub(crate) joins: Option<Rc<JoinList>>,
    /// All commands, while they are listed.
    pub(crate) commands: Rc<Vec<Command>>,
    /// Files that were opened or saved lately: their names.
    pub(crate) recent: Rc<Vec<AttrValue>>,
    /// The numbers of a chart, while they are open.
    pub(crate) table: Option<Rc<ChartTable>>,
    /// The charts beyond the standard ones, and those that keep their node.
    pub(crate) shelf: Shelf,
    /// What a chart can be added of, and the node to begin with, while that is asked.
    pub(crate) choosing: Option<(Rc<Vec<Choice>>, AttrValue)>,
    /// Counts of cases, while they are open.
    pub(crate) scores: Known,
    /// What is told.
    pub(crate) notice: Option<Notice>,
    /// The answer to "Why?".
    pub(crate) why: Option<Answer>,
    /// An edit that was not taken.
    pub(crate) refused: Option<Refused>,
    /// Whether files are dragged over the page.
    pub(crate) dragging: bool,
    /// Whether keys without a modifier are commands.
    pub(crate) keys_on: bool,
}

/// The page.
pub(crate) struct App {
    session: Rc<RefCell<Session>>,
    shell: Shell,
    seen: Seen,
    /// By folder and id.
    guides: SortedMap<(&'static str, &'static str), Rc<Guide>>,
    /// The edit that waits for the reader's word on a new run.
    waiting: Option<Edit>,
    /// The ends between which a refusal proposed services.
    between: Option<(String, String)>,
    /// What was copied.
    clip: Option<Clip>,
    send: Callback<Msg>,
    /// Where the focus was before something opened above the page.
    focus_before: String,
    /// Where the focus goes once it is in the page.
    focus_next: Option<String>,
    /// How often it was tried in vain.
    focus_tries: u8,
    /// Dropped with the page.
    _loop: Raf,
    _listeners: Vec<Listener>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("shell", &self.shell)
            .finish_non_exhaustive()
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = Opening;

    fn create(ctx: &Context<Self>) -> Self {
        Self::begin(ctx)
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        self.react(ctx, msg)
    }

    fn rendered(&mut self, ctx: &Context<Self>, _first: bool) {
        if !self.refocus() {
            // what it shall come to may be drawn, or uncovered, after this component
            ctx.link().send_message(Msg::Refocus);
        }
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        self.draw()
    }
}
