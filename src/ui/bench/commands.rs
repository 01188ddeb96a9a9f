//! The command palette: every command by its name, found by typing.
//!
//! The list is made when the palette opens, out of one table; the sheet of keys shows the same keys.

use super::BenchMsg;
use crate::ui::app::Shell;
use crate::ui::charts::ChartMsg;
use crate::ui::inspector::tab_name;
use crate::ui::msg::{LedgerPart, Msg, Popover, Tab};
use crate::ui::scenarios;
use crate::ui::seen::Seen;
use crate::ui::session::SPEEDS;
use crate::ui::text::{fill, t};
use millrace_engine::base::sorted::order;
use millrace_engine::lessons::{scenarios as lessons, starts};
use millrace_engine::scene::tools::Side;
use millrace_engine::services::ServiceKind;
use std::rc::Rc;
use web_sys::{HtmlDialogElement, HtmlInputElement};
use yew::prelude::*;

/// A command.
#[derive(Clone)]
pub(crate) struct Command {
    /// What it does.
    pub(crate) name: AttrValue,
    /// Its keys, if it has any.
    pub(crate) keys: &'static str,
    /// Other words by which it is looked for.
    also: &'static str,
    make: Rc<dyn Fn() -> Msg>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Command({})", self.name)
    }
}

impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Command {
    fn new(
        name: impl Into<AttrValue>,
        keys: &'static str,
        make: impl Fn() -> Msg + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            keys,
            also: "",
            make: Rc::new(make),
        }
    }

    fn key(key: &str, keys: &'static str, make: impl Fn() -> Msg + 'static) -> Self {
        Self::new(t(key), keys, make)
    }

    fn bench(key: &str, keys: &'static str, make: impl Fn() -> BenchMsg + 'static) -> Self {
        Self::key(key, keys, move || Msg::Bench(make()))
    }

    fn also(mut self, key: &str) -> Self {
        self.also = t(key);
        self
    }

    /// The message that it sends.
    pub(crate) fn msg(&self) -> Msg {
        (self.make)()
    }
}

/// All commands of this moment.
pub(crate) fn all(shell: &Shell, seen: &Seen) -> Vec<Command> {
    let mut all = transport(seen);
    all.extend(editing());
    all.extend(chosen(shell, seen));
    all.extend(ServiceKind::ALL.iter().map(|kind| {
        let name = fill("command.add", &[("service", kind.entry().name)]);
        Command::new(name, "", move || Msg::Bench(BenchMsg::Place(*kind)))
    }));
    all.extend(seen.nodes.iter().map(|node| {
        let id = node.id.clone();
        let name = fill(
            "command.choose",
            &[("node", &node.id), ("service", node.service_name)],
        );
        Command::new(name, "", move || Msg::Choose(id.clone()))
    }));
    all.extend(views(shell));
    all.extend(files());
    all.extend(shell.recent.iter().map(|file| {
        let own = file.clone();
        let name = fill("command.recent", &[("name", file)]);
        Command::new(name, "", move || Msg::Bench(BenchMsg::Recent(own.clone())))
    }));
    all.extend(SPEEDS.iter().enumerate().map(|(ix, (_, speed))| {
        Command::new(fill("command.speed", &[("speed", speed)]), "", move || {
            Msg::Speed(ix)
        })
    }));
    all.extend(starts::LIST.iter().map(|start| {
        let name = fill(
            "command.start",
            &[("start", &scenarios::name(start.id).to_lowercase())],
        );
        Command::new(name, "", move || Msg::Scenario(start.id, Some("")))
    }));
    for scenario in lessons::list() {
        all.extend(scenario.acts.iter().map(|act| {
            let (name, act_name) = (
                scenarios::name(scenario.id),
                scenarios::act_name(scenario.id, act.id),
            );
            let name = fill("command.open", &[("scenario", name), ("act", act_name)]);
            Command::new(name, "", move || Msg::Scenario(scenario.id, Some(act.id)))
        }));
    }
    all
}

fn transport(seen: &Seen) -> Vec<Command> {
    let play = if seen.clock.playing {
        "bar.pause"
    } else {
        "bar.play"
    };
    vec![
        Command::key(play, "Space", || Msg::PlayPause),
        Command::key("bar.step", ".", || Msg::Step),
        Command::key("bar.next", "N", || Msg::NextNotable),
        Command::key("bar.start", "Home", || Msg::ToStart),
        Command::key("command.faster", "+", || Msg::Faster(true)),
        Command::key("command.slower", "-", || Msg::Faster(false)),
    ]
}

fn editing() -> Vec<Command> {
    let mut all = vec![
        Command::key("menu.undo", "Ctrl+Z", || Msg::Undo),
        Command::bench("menu.redo", "Ctrl+Shift+Z", || BenchMsg::Redo),
        Command::bench("menu.copy", "Ctrl+C", || BenchMsg::Copy),
        Command::bench("menu.cut", "Ctrl+X", || BenchMsg::Cut),
        Command::bench("menu.paste", "Ctrl+V", || BenchMsg::Paste(None)),
        Command::bench("menu.duplicate", "Ctrl+D", || BenchMsg::Duplicate),
        Command::bench("menu.all", "Ctrl+A", || BenchMsg::All),
        Command::bench("menu.remove", "Del", || BenchMsg::Remove(None)).also("also.remove"),
        Command::bench("menu.tidy", "T", || BenchMsg::Tidy),
    ];
    all.extend(Side::ALL.map(|side| Command::bench(side.key(), "", move || BenchMsg::Align(side))));
    all
}

/// Commands about the chosen part.
fn chosen(shell: &Shell, seen: &Seen) -> Vec<Command> {
    let Some(id) = shell.chosen.clone() else {
        return Vec::new();
    };
    let is_node = seen.nodes.iter().any(|node| node.id == id);
    let about = |key: &str, keys, make: fn(AttrValue) -> Msg| {
        let (own, name) = (
            id.clone(),
            fill("command.of", &[("what", t(key)), ("node", &id)]),
        );
        Command::new(name, keys, move || make(own.clone()))
    };
    let menu = about("menu.part", "Shift+F10", |id| {
        Msg::Bench(BenchMsg::MenuOf(id))
    });
    if !is_node {
        return vec![menu];
    }
    vec![
        menu,
        about("menu.wire", "W", |id| Msg::Bench(BenchMsg::WireFrom(id))),
        about("menu.move", "M", |id| {
            Msg::Bench(BenchMsg::MoveByKeys(Some(id)))
        }),
        about("command.chart", "", |node| {
            Msg::Chart(ChartMsg::Add { node, metric: None })
        }),
        about("command.rename", "", |id| {
            Msg::ChooseTab(id, Tab::Configure)
        })
        .also("also.rename"),
        about("menu.live", "", |id| Msg::ChooseTab(id, Tab::Live)).also("also.live"),
        about("why.ask", "", |id| Msg::Why(id, None)),
        about("command.crash", "", |id| {
            Msg::Fault(id, "crash", 30_000_000)
        }),
    ]
}

fn views(shell: &Shell) -> Vec<Command> {
    let (palette, inspector) = (!shell.palette, !shell.inspector);
    let (charts, ledger) = (!shell.charts, !shell.ledger);
    let mut all = vec![
        Command::bench("command.palette", "P", move || BenchMsg::Palette(palette)),
        Command::key("command.inspector", "I", move || Msg::Inspector(inspector)),
        Command::key("command.charts", "C", move || Msg::Charts(charts)),
        Command::key("command.ledger", "L", move || Msg::Ledger(ledger)),
        Command::key("menu.fit", "F", || Msg::StageFit),
        Command::key("command.zoom-in", "Ctrl+Up", || Msg::ZoomBy(1.25)),
        Command::key("command.zoom-out", "Ctrl+Down", || Msg::ZoomBy(0.8)),
        Command::key("command.theme", "", || Msg::Theme).also("also.theme"),
        Command::key("bar.keys", "?", || Msg::Popover(Some(Popover::Keys))).also("also.keys"),
    ];
    let tabs = [Tab::Configure, Tab::Live, Tab::Learn, Tab::Code];
    all.extend(tabs.map(|tab| {
        let name = fill("command.tab", &[("tab", tab_name(tab))]);
        Command::new(name, "", move || Msg::Tab(tab))
    }));
    all.extend(LedgerPart::ALL.map(|part| {
        let name = fill("command.part", &[("part", t(part.title()))]);
        Command::new(name, "", move || Msg::LedgerPart(part))
    }));
    all
}

fn files() -> Vec<Command> {
    vec![
        Command::key("menu.save", "Ctrl+S", || Msg::Save),
        Command::key("menu.share", "", || Msg::Share),
        Command::key("bar.scenario", "", || {
            Msg::Popover(Some(Popover::Scenarios))
        }),
        Command::key("menu.reset", "", || Msg::Reset),
        Command::key("menu.visit", "", || Msg::VisitAgain),
        Command::key("menu.scores", "", || Msg::Popover(Some(Popover::Scores))),
    ]
}

/// What the palette shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CommandsProps {
    /// The commands.
    pub(crate) commands: Rc<Vec<Command>>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// Commands that are shown at once.
const SHOWN: usize = 60;

/// The places of the commands that fit what was typed: those that begin with it first.
fn found(commands: &[Command], sought: &str) -> Vec<usize> {
    let sought = sought.to_lowercase();
    let words: Vec<&str> = sought.split_whitespace().collect();
    let mut found: Vec<(bool, usize)> = Vec::new();
    for (ix, command) in commands.iter().enumerate() {
        let name = command.name.to_lowercase();
        let known = |word: &&str| name.contains(*word) || command.also.contains(*word);
        if words.iter().all(known) {
            found.push((!name.starts_with(sought.trim()), ix));
        }
    }
    order::sort_by_key(&mut found, |(late, _)| *late);
    found.into_iter().map(|(_, ix)| ix).take(SHOWN).collect()
}

/// The palette: a field, and the list that it narrows.
#[component]
pub(crate) fn Commands(props: &CommandsProps) -> Html {
    let dialog = use_node_ref();
    let sought = use_state_eq(String::new);
    let at = use_state_eq(|| 0_usize);
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
        crate::platform::dom::focus("command-field");
    });
    let found = found(&props.commands, &sought);
    let here = (*at).min(found.len().saturating_sub(1));
    use_effect_with((here, found.len()), |(here, _)| {
        if let Some(element) = crate::platform::dom::by_id(&format!("command-{here}")) {
            crate::platform::dom::reveal(&element);
        }
    });
    let send = props.send.clone();
    let onclose = Callback::from(move |_: Event| send.emit(Msg::Popover(None)));
    let oninput = {
        let (sought, at) = (sought.clone(), at.clone());
        Callback::from(move |event: InputEvent| {
            sought.set(event.target_unchecked_into::<HtmlInputElement>().value());
            at.set(0);
        })
    };
    let onkeydown = {
        let (send, found, at) = (props.send.clone(), found.clone(), at.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = found.len().saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => at.set(if here >= last { 0 } else { here + 1 }),
                "ArrowUp" => at.set(if here == 0 { last } else { here - 1 }),
                "Enter" => {
                    if let Some(ix) = found.get(here) {
                        send.emit(Msg::Bench(BenchMsg::Run(*ix)));
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let some = !found.is_empty();
    html! {
        <dialog ref={dialog} class="sheet commands" aria-label={t("command.title")} {onclose}>
            <input id="command-field" type="text" role="combobox" aria-expanded={some.to_string()}
                aria-controls="command-list" aria-activedescendant={some.then(|| format!("command-{here}"))}
                aria-label={t("command.title")}
                placeholder={t("command.hint")} autocomplete="off" {oninput} {onkeydown} />
            <div id="command-list" role="listbox" aria-label={t("command.title")} tabindex="-1">
                { for found.iter().enumerate().map(|(place, ix)| row(props, place, *ix, place == here)) }
            </div>
            if found.is_empty() {
                <p class="hint" role="status">{ t("command.nothing") }</p>
            }
        </dialog>
    }
}

fn row(props: &CommandsProps, place: usize, ix: usize, here: bool) -> Html {
    let command = &props.commands[ix];
    let send = props.send.clone();
    let onclick = Callback::from(move |_: MouseEvent| send.emit(Msg::Bench(BenchMsg::Run(ix))));
    html! {
        <div key={ix} id={format!("command-{place}")} role="option" class="entry" aria-selected={here.to_string()}
            {onclick}>
            <span>{ &command.name }</span>
            if !command.keys.is_empty() { <kbd>{ command.keys }</kbd> }
        </div>
    }
}
