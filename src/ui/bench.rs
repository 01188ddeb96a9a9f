//! Building: what can be asked for at the stage, the palette, and what is being placed.

pub(crate) mod commands;
pub(crate) mod joins;
pub(crate) mod menu;
pub(crate) mod palette;
pub(crate) mod placer;
pub(crate) mod tasks;

use millrace_engine::scene::gesture::Finger;
use millrace_engine::scene::tools::Side;
use millrace_engine::services::ServiceKind;
use yew::AttrValue;

/// One message about building.
#[derive(Debug)]
pub(crate) enum BenchMsg {
    /// Opens or folds the palette.
    Palette(bool),
    /// A service of the palette is to be placed by keys or a tap.
    Place(ServiceKind),
    /// A service of the palette is held over this point of the page [client px]; which press holds it.
    Carry(ServiceKind, f64, f64, u32),
    /// It is let go there.
    Drop,
    /// What is placed moves by so many steps of the grid.
    Nudge(f64, f64),
    /// What is placed stays where it is.
    Placed,
    /// What is held is let go; nothing has happened.
    LetGo,
    /// A pointer went down on the stage.
    Down(Finger),
    /// A pointer moved over it.
    Moved(Finger),
    /// A pointer went up.
    Up(Finger),
    /// The browser took the pointer away.
    Cancelled,
    /// The menu of what lies at this point of the stage [px].
    MenuAt(f64, f64),
    /// The menu of a node or wire.
    MenuOf(AttrValue),
    /// Where can a wire lead from this node?
    WireFrom(AttrValue),
    /// A wire of this kind.
    WireOf(AttrValue, AttrValue, &'static str),
    /// What a refusal proposed is put between.
    Between(AttrValue, AttrValue),
    /// These go: the chosen ones, if none is named.
    Remove(Option<AttrValue>),
    /// The chosen ones are copied.
    Copy,
    /// They are copied, and go.
    Cut,
    /// What was copied comes; text from the clipboard, if it is a copy.
    Paste(Option<String>),
    /// The chosen ones once more.
    Duplicate,
    /// All nodes are chosen.
    All,
    /// A node joins the chosen ones, or leaves them.
    Pick(AttrValue),
    /// The chosen ones are set out along a side.
    Align(Side),
    /// All nodes are set out in tidy columns.
    Tidy,
    /// The chosen ones are moved with the arrow keys.
    MoveByKeys(Option<AttrValue>),
    /// A node is called otherwise.
    Rename(AttrValue, String),
    /// The newest undone change is made again.
    Redo,
    /// A command of the list, by its place in it.
    Run(usize),
    /// The three things to do are read.
    TasksClosed,
    /// A recent file is opened, by its name.
    Recent(AttrValue),
}

/// Where a service comes to stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Landing {
    /// Which.
    pub(crate) kind: ServiceKind,
    /// Its upper left corner [world units].
    pub(crate) at: (i32, i32),
    /// Id of the wire that it goes into.
    pub(crate) into: Option<String>,
}

/// What is being placed or wired, in words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlacingSeen {
    /// What the reader can do.
    pub(crate) words: AttrValue,
    /// Whether the arrow keys move it.
    pub(crate) keys: bool,
}
