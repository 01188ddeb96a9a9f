//! The page's frame: bar, stage, inspector, foot.

use super::App;
use crate::ui::bar::{Bar, on};
use crate::ui::bench::commands::Commands;
use crate::ui::bench::joins::Joins;
use crate::ui::bench::menu::PartMenu;
use crate::ui::bench::palette::Palette;
use crate::ui::bench::placer::Placer;
use crate::ui::bench::tasks::Tasks;
use crate::ui::charts::{Chooser, TableSheet};
use crate::ui::foot::Foot;
use crate::ui::icons::{Icon, icon};
use crate::ui::inspector::Inspector;
use crate::ui::mirror::Mirror;
use crate::ui::msg::{Msg, Popover};
use crate::ui::scores::ScoreSheet;
use crate::ui::session::Offer;
use crate::ui::sheet::Sheet;
use crate::ui::stage::{Canvases, OVER, STAGE};
use crate::ui::text::{fill, t};
use crate::ui::visit::{Beat, Card};
use crate::ui::why;
use millrace_engine::base::units::show_count;
use std::rc::Rc;
use yew::prelude::*;

impl App {
    /// The page.
    pub(super) fn draw(&self) -> Html {
        let (shell, seen) = (&self.shell, &self.seen);
        html! {
            <div class={classes!("shell", seen.carrying.then_some("carrying"))}>
                <Bar clock={seen.clock.clone()} scenario={shell.scenario.clone()} act={shell.act.clone()}
                        visiting={seen.visit != Beat::Off} theme={shell.theme} open={shell.popover}
                    steps={seen.steps.clone()}
                    recent={Rc::clone(&shell.recent)}
                    send={self.send.clone()} />
                <Palette open={shell.palette} send={self.send.clone()} />
                { self.stage() }
                { self.side() }
                <Foot covered={shell.popover == Some(Popover::Menu)} palette={shell.palette}
                    clock={seen.clock.clone()} start_us={self.start_us()} marks={Rc::clone(&seen.marks)}
                    ledger={Rc::clone(&seen.ledger)} ledger_part={shell.ledger_part} charts={Rc::clone(&seen.charts)}
                    zoomed={seen.zoomed} chosen={shell.chosen.clone().unwrap_or_default()}
                    visiting={seen.visit != Beat::Off}
                    charts_open={shell.charts} ledger_open={shell.ledger}
                    send={self.send.clone()} />
                if shell.popover == Some(Popover::Keys) {
                    <Sheet keys_on={shell.keys_on} send={self.send.clone()} />
                }
                if shell.popover == Some(Popover::Scores) {
                    <ScoreSheet known={shell.scores.clone()} send={self.send.clone()} />
                }
                if let Some((choices, node)) = &shell.choosing {
                    <Chooser choices={Rc::clone(choices)} node={node.clone()} send={self.send.clone()} />
                }
                if let Some(table) = &shell.table {
                    <TableSheet table={Rc::clone(table)} send={self.send.clone()} />
                }
                { self.bench_sheets() }
            </div>
        }
    }

    fn bench_sheets(&self) -> Html {
        let shell = &self.shell;
        match (shell.popover, &shell.joins) {
            (Some(Popover::Commands), _) => html! {
                <Commands commands={Rc::clone(&shell.commands)} send={self.send.clone()} />
            },
            (Some(Popover::Joins), Some(list)) => html! {
                <Joins list={Rc::clone(list)} send={self.send.clone()} />
            },
            _ => Html::default(),
        }
    }

    fn start_us(&self) -> u64 {
        self.session
            .try_borrow()
            .map_or(0, |session| session.frame.start_us)
    }

    fn stage(&self) -> Html {
        let (shell, seen) = (&self.shell, &self.seen);
        html! {
            <main class="stage" id={STAGE}>
                <Canvases send={self.send.clone()} />
                <Mirror nodes={Rc::clone(&seen.nodes)} wires={Rc::clone(&seen.wires)} covered={shell.popover.is_some()}
                    focus={shell.focus.clone()} chosen={shell.chosen.clone()}
                    send={self.send.clone()} />
                <div class="over" id={OVER}>
                    <Card beat={seen.visit.clone()} why="stream" send={self.send.clone()} />
                    if shell.tasks && !seen.tasks.is_empty() {
                        <Tasks tasks={seen.tasks.clone()} send={self.send.clone()} />
                    }
                    { self.notice() }
                </div>
                if let Some(placing) = &seen.placing {
                    <Placer placing={placing.clone()} send={self.send.clone()} />
                }
                if let Some(of) = shell.menu.as_ref().filter(|_| shell.popover == Some(Popover::Part)) {
                    <PartMenu of={of.clone()} send={self.send.clone()} />
                }
                <p class="vh" role="status" aria-live="polite">{ &seen.spoken }</p>
                if seen.clock.past {
                    <p class="past">{ t("stage.past") }</p>
                }
                if shell.dragging {
                    <div class="dropzone">{ t("stage.drop") }</div>
                }
            </main>
        }
    }

    fn notice(&self) -> Html {
        let Some(notice) = &self.shell.notice else {
            return Html::default();
        };
        html! {
            <div class={classes!("notice", notice.bad.then_some("bad"))}
                role={if notice.bad { "alert" } else { "status" }}>
                <div>{ for notice.lines.iter().map(|line| html! { <p>{ line }</p> }) }</div>
                if let Some(offer) = notice.offer {
                    <button type="button" class="button" onclick={on(&self.send, move || Msg::Take(offer))}>
                        { t(offered(offer)) }</button>
                }
                if let Some(good) = &notice.rows {
                    <button type="button" class="button" onclick={on(&self.send, || Msg::UseGoodRows)}>
                        { fill("note.good-rows", &[("n", &show_count(good.rows))]) }</button>
                }
                <button type="button" class="plain" onclick={on(&self.send, || Msg::NoticeClosed)}
                    aria-label={t("note.close")}>{ icon(Icon::Close) }</button>
            </div>
        }
    }

    fn side(&self) -> Html {
        let (shell, seen) = (&self.shell, &self.seen);
        let body = if let Some(answer) = &shell.why {
            html! { <why::Panel answer={answer.clone()} send={self.send.clone()} /> }
        } else if shell.inspector {
            let guide = seen
                .set
                .as_ref()
                .and_then(|set| self.guides.get(&set.guide()).cloned());
            html! {
                <Inspector set={seen.set.clone()} live={seen.live.clone()} {guide} tab={shell.tab}
                    refused={shell.refused.clone()} send={self.send.clone()} />
            }
        } else {
            html! {
                <button type="button" class="strip" aria-expanded="false"
                    onclick={on(&self.send, || Msg::Inspector(true))}>
                    { icon(Icon::Left) }<span>{ t("strip.inspector") }</span></button>
            }
        };
        // what lies partly under the menu is not to be met by a finger that means the menu
        let covered = shell.popover == Some(Popover::Menu);
        html! { <aside class="side" inert={covered} aria-label={t("strip.inspector")}>{ body }</aside> }
    }
}

/// Key of the word on an offer's button.
fn offered(offer: Offer) -> &'static str {
    match offer {
        Offer::Undo => "offer.undo",
        Offer::BringBack => "offer.back",
        Offer::Play => "offer.play",
        Offer::Save => "menu.save",
        Offer::Between => "offer.build",
        Offer::LeftOff => "offer.left-off",
    }
}
