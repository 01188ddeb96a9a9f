//! Links: the run as an address, and the run that an address holds.

use super::{App, Notice};
use crate::platform::{clipboard, dom};
use crate::ui::msg::Msg;
use crate::ui::scenarios::{self, Loaded};
use crate::ui::session::Offer;
use crate::ui::text::{fill, t};
use millrace_engine::base::units::show_count;
use millrace_engine::design::link;
use millrace_engine::services::contract::Problem;
use yew::prelude::*;

/// The run of the page's address; `None` if the address names none.
pub(super) fn linked() -> Option<Result<Loaded, Vec<Problem>>> {
    let fragment = dom::fragment();
    link::is_one(&fragment).then(|| read(&fragment))
}

/// Apart, since most visits have no link to read.
#[inline(never)]
fn read(fragment: &str) -> Result<Loaded, Vec<Problem>> {
    link::read(fragment).and_then(scenarios::saved)
}

impl App {
    /// Copies an address that opens this run.
    pub(super) fn share(&mut self, ctx: &Context<Self>) -> bool {
        self.shell.popover = None;
        let file = self.session.borrow_mut().whole_file();
        let fragment = match link::write(&file) {
            Ok(fragment) => fragment,
            Err(long) => {
                let over = show_count(long.over() as u64);
                self.shell.notice = Some(Notice {
                    lines: vec![fill("link.long", &[("n", &over)]).into()],
                    bad: true,
                    offer: Some(Offer::Save),
                    rows: None,
                });
                return true;
            }
        };
        let address = format!("{}#{fragment}", dom::address());
        ctx.link().send_future(async move {
            let copied = clipboard::copy(address.clone()).await;
            if copied {
                return Msg::Say(t("link.copied").to_owned());
            }
            // what cannot be copied stands in the address bar
            dom::show_address(&address);
            Msg::Say(t("link.shown").to_owned())
        });
        true
    }

    /// The address has changed in an open page: opens the run that it names.
    pub(super) fn open_linked(&mut self) -> bool {
        match linked() {
            None => false,
            Some(Ok(loaded)) => {
                self.open_run(loaded);
                self.tell(vec![t("link.open").into()], false)
            }
            Some(Err(problems)) => self.tell_problems(&problems),
        }
    }
}
