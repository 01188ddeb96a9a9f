//! Edits: the one way in which a design changes, by pointer, keyboard, undo, file, link or test.

use super::{Design, Node, Settings, Wire, pattern};
use crate::base::sorted::SortedMap;
use crate::catalog::{Change, FieldError};
use crate::services::{AnyConfig, AnyLink, LinkKind, ServiceKind};
use serde::{Deserialize, Serialize};

/// Longest name that people give to a node [letters].
pub const NAME_MAX: usize = 40;
/// How far from the middle of the stage a node may stand [scene units].
pub const PLACE_MAX: i32 = 1_000_000;

/// One change of a design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Edit {
    /// A setting of the node or wire `at`, or of all that fit it as a pattern (`store-*`).
    Set {
        /// Id or pattern.
        at: String,
        /// The field's key.
        field: String,
        /// The value as text.
        value: String,
    },
    /// A new node.
    AddNode {
        /// Its id.
        id: String,
        /// Its service's id.
        service: String,
        /// Settings other than the defaults.
        #[serde(default)]
        settings: SortedMap<String, String>,
    },
    /// A node goes, with its wires.
    RemoveNode {
        /// Its id.
        id: String,
    },
    /// A new wire.
    AddWire {
        /// Its id.
        id: String,
        /// Its kind's id.
        kind: String,
        /// Where data come from.
        from: String,
        /// Where data go.
        to: String,
        /// Settings other than the defaults.
        #[serde(default)]
        settings: SortedMap<String, String>,
    },
    /// A wire goes.
    RemoveWire {
        /// Its id.
        id: String,
    },
    /// A node stands elsewhere; no result depends on it.
    Move {
        /// Its id.
        id: String,
        /// Left edge [scene units].
        x: i32,
        /// Top edge [scene units].
        y: i32,
    },
    /// A node stands where the layout sets it out, and no more where it was put.
    Unplace {
        /// Its id.
        id: String,
    },
    /// A node is called otherwise; no result depends on it. Without a name it is called by its id.
    Rename {
        /// Its id.
        id: String,
        /// What people call it, at most [`NAME_MAX`] letters.
        name: String,
    },
    /// Several as one step.
    Many(Vec<Edit>),
}

/// Why an edit was not made: a sentence with what, why and what would be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Nothing has this id or fits this pattern.
    Unknown(String),
    /// The id is taken or malformed.
    BadId(String),
    /// The field or value is not allowed.
    Field(FieldError),
    /// The wire cannot be.
    Wire(String),
    /// The service refuses the change now.
    Refused(String),
    /// The field only takes effect from the start of a new run.
    NeedsRestart(String),
    /// There is nothing to undo, or not here.
    Undo(String),
    /// The design would have fatal problems.
    Problems(Vec<String>),
}

impl std::fmt::Display for EditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(what) => {
                write!(f, "Nothing here is called \"{}\".", short(what))
            }
            Self::BadId(text) | Self::Wire(text) | Self::Refused(text) | Self::Undo(text) => {
                f.write_str(text)
            }
            Self::Field(error) => error.fmt(f),
            Self::NeedsRestart(field) => {
                write!(
                    f,
                    "\"{field}\" takes effect only from the start: start the run again."
                )
            }
            Self::Problems(list) => f.write_str(&list.join(" ")),
        }
    }
}

impl std::error::Error for EditError {}

impl From<FieldError> for EditError {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

/// What somebody wrote, cut to the length of the longest id: sentences may quote it.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Checks an id: 1 to 64 letters, digits, `-`, `_`, `.`.
///
/// # Errors
/// A sentence.
pub fn check_id(id: &str) -> Result<(), EditError> {
    let fits = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if fits {
        return Ok(());
    }
    let short: String = id.chars().filter(|c| !c.is_control()).take(40).collect();
    Err(EditError::BadId(format!(
        "\"{short}\" is no id: 1 to 64 letters, digits, hyphens, underscores or dots are."
    )))
}

/// Checks a name that people give.
///
/// # Errors
/// A sentence.
pub fn check_name(name: &str) -> Result<(), EditError> {
    if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(EditError::BadId(format!(
            "A name has at most {NAME_MAX} letters, and no control characters."
        )));
    }
    Ok(())
}

/// Checks where a node stands.
///
/// # Errors
/// A sentence.
pub fn check_place(id: &str, (x, y): (i32, i32)) -> Result<(), EditError> {
    let near = -PLACE_MAX..=PLACE_MAX;
    if near.contains(&x) && near.contains(&y) {
        return Ok(());
    }
    let id: String = id.chars().take(64).collect();
    Err(EditError::Refused(format!(
        "{id} stands at {x}, {y}; at most {PLACE_MAX} from the middle can be shown."
    )))
}

impl Edit {
    /// Whether it moves and renames only: no result depends on it, so it is no input of a run.
    #[must_use]
    pub fn is_layout(&self) -> bool {
        match self {
            Self::Move { .. } | Self::Unplace { .. } | Self::Rename { .. } => true,
            Self::Many(edits) => edits.iter().all(Self::is_layout),
            _ => false,
        }
    }
}

impl Design {
    /// The design after `edit`; this one stays as it is.
    ///
    /// # Errors
    /// A sentence that names what and why; nothing is half done.
    pub fn apply(&self, edit: &Edit) -> Result<Self, EditError> {
        let mut next = self.clone();
        next.take(edit)?;
        Ok(next)
    }

    /// Makes the edit in this very design; what fails leaves it half done.
    pub(super) fn take(&mut self, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Set { at, field, value } => self.set(at, field, value),
            Edit::AddNode {
                id,
                service,
                settings,
            } => self.add_node(id, service, settings),
            Edit::RemoveNode { id } => self.remove_node(id),
            Edit::AddWire {
                id,
                kind,
                from,
                to,
                settings,
            } => self.add_wire(id, kind, (from, to), settings),
            Edit::RemoveWire { id } => {
                let ix = self.wires.iter().position(|wire| wire.id == *id);
                let ix = ix.ok_or_else(|| EditError::Unknown(id.clone()))?;
                self.wires.remove(ix);
                Ok(())
            }
            Edit::Move { id, x, y } => {
                self.node(id)
                    .ok_or_else(|| EditError::Unknown(id.clone()))?;
                check_place(id, (*x, *y))?;
                self.layout.places.insert(id.clone(), (*x, *y));
                Ok(())
            }
            Edit::Unplace { id } => {
                self.layout.places.remove(id);
                Ok(())
            }
            Edit::Rename { id, name } => self.rename(id, name),
            Edit::Many(edits) => edits.iter().try_for_each(|edit| self.take(edit)),
        }
    }

    /// A pattern means all that fit it and have the field; one of them there must be.
    fn set(&mut self, at: &str, field: &str, value: &str) -> Result<(), EditError> {
        let nodes = self
            .nodes
            .iter_mut()
            .filter(|node| pattern::fits(at, &node.id));
        let wires = self
            .wires
            .iter_mut()
            .filter(|wire| pattern::fits(at, &wire.id));
        let mut all: Vec<Settings<'_>> = nodes
            .map(|node| Settings::Node(&mut node.config))
            .chain(wires.map(|wire| Settings::Wire(&mut wire.link)))
            .collect();
        let Some(first) = all.first_mut() else {
            return Err(EditError::Unknown(at.to_owned()));
        };
        let has = |settings: &Settings<'_>| settings.fields().iter().any(|info| info.key == field);
        if !has(first) && !all.iter().any(has) {
            return Ok(all[0].set_text(field, value)?); // names the fields that there are
        }
        for settings in all.iter_mut().filter(|settings| has(settings)) {
            settings.set_text(field, value)?;
        }
        Ok(())
    }

    fn rename(&mut self, id: &str, name: &str) -> Result<(), EditError> {
        self.node(id)
            .ok_or_else(|| EditError::Unknown(id.to_owned()))?;
        let name = name.trim();
        check_name(name)?;
        if name.is_empty() {
            self.layout.names.remove(id);
        } else {
            self.layout.names.insert(id.to_owned(), name.to_owned());
        }
        Ok(())
    }

    fn fresh_id(&self, id: &str) -> Result<(), EditError> {
        check_id(id)?;
        if self.node(id).is_some() || self.wire(id).is_some() {
            return Err(EditError::BadId(format!(
                "\"{id}\" is taken: each id stands once."
            )));
        }
        Ok(())
    }

    fn add_node(
        &mut self,
        id: &str,
        service: &str,
        settings: &SortedMap<String, String>,
    ) -> Result<(), EditError> {
        self.fresh_id(id)?;
        let kind = ServiceKind::of_id(service)
            .ok_or_else(|| EditError::Unknown(format!("service {service}")))?;
        let mut config = AnyConfig::of(kind);
        for (key, value) in settings {
            Settings::Node(&mut config).set_text(key, value)?;
        }
        self.nodes.push(Node {
            id: id.to_owned(),
            config,
        });
        Ok(())
    }

    fn remove_node(&mut self, id: &str) -> Result<(), EditError> {
        let ix = self.nodes.iter().position(|node| node.id == id);
        let ix = ix.ok_or_else(|| EditError::Unknown(id.to_owned()))?;
        self.nodes.remove(ix);
        self.wires.retain(|wire| wire.from != id && wire.to != id);
        self.layout.places.remove(id);
        self.layout.names.remove(id);
        Ok(())
    }

    fn add_wire(
        &mut self,
        id: &str,
        kind: &str,
        (from, to): (&str, &str),
        settings: &SortedMap<String, String>,
    ) -> Result<(), EditError> {
        self.fresh_id(id)?;
        let kind =
            LinkKind::of_id(kind).ok_or_else(|| EditError::Unknown(format!("wire kind {kind}")))?;
        let mut link = AnyLink::of(kind);
        for (key, value) in settings {
            Settings::Wire(&mut link).set_text(key, value)?;
        }
        let wire = Wire {
            id: id.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            link,
        };
        super::check::can_be(self, &wire)?;
        self.wires.push(wire);
        Ok(())
    }

    /// The edit that brings this design back from `edit`; to be taken before it is applied.
    #[must_use]
    pub fn inverse(&self, edit: &Edit) -> Edit {
        match edit {
            Edit::Set { at, field, .. } => Edit::Many(self.old_values(at, field)),
            Edit::AddNode { id, .. } => Edit::RemoveNode { id: id.clone() },
            Edit::AddWire { id, .. } => Edit::RemoveWire { id: id.clone() },
            Edit::RemoveWire { id } => {
                Edit::Many(self.wire(id).map(Self::adding_wire).into_iter().collect())
            }
            Edit::RemoveNode { id } => {
                let mut back: Vec<Edit> =
                    self.node(id).map(Self::adding_node).into_iter().collect();
                let wires = self
                    .wires
                    .iter()
                    .filter(|wire| wire.from == *id || wire.to == *id);
                back.extend(wires.map(Self::adding_wire));
                back.extend(self.old_place(id));
                back.extend(
                    self.layout
                        .names
                        .contains_key(id)
                        .then(|| self.old_name(id)),
                );
                Edit::Many(back)
            }
            Edit::Move { id, .. } | Edit::Unplace { id } => {
                let none = || Edit::Unplace { id: id.clone() };
                self.old_place(id).unwrap_or_else(none)
            }
            Edit::Rename { id, .. } => self.old_name(id),
            Edit::Many(edits) => {
                let mut design = self.clone();
                let mut back = Vec::new();
                for edit in edits {
                    back.push(design.inverse(edit));
                    if design.take(edit).is_err() {
                        break;
                    }
                }
                back.reverse();
                Edit::Many(back)
            }
        }
    }

    fn old_place(&self, id: &str) -> Option<Edit> {
        let (x, y) = *self.layout.places.get(id)?;
        Some(Edit::Move {
            id: id.to_owned(),
            x,
            y,
        })
    }

    fn old_name(&self, id: &str) -> Edit {
        let name = self.layout.names.get(id).cloned().unwrap_or_default();
        Edit::Rename {
            id: id.to_owned(),
            name,
        }
    }

    fn old_values(&self, at: &str, field: &str) -> Vec<Edit> {
        let mut back = Vec::new();
        let mut keep = |id: &str, mut settings: Settings<'_>| {
            let fields = settings.fields();
            if let Some(ix) = fields.iter().position(|info| info.key == field) {
                let value = fields[ix].show(&settings.get(ix));
                let (at, field) = (id.to_owned(), field.to_owned());
                back.push(Edit::Set { at, field, value });
            }
            let _ = &mut settings;
        };
        for node in self.nodes.iter().filter(|node| pattern::fits(at, &node.id)) {
            keep(&node.id, Settings::Node(&mut node.config.clone()));
        }
        for wire in self.wires.iter().filter(|wire| pattern::fits(at, &wire.id)) {
            keep(&wire.id, Settings::Wire(&mut wire.link.clone()));
        }
        back
    }

    fn adding_node(node: &Node) -> Edit {
        let service = node.config.kind().entry().id.to_owned();
        let settings = super::file::settings_of_node(node);
        Edit::AddNode {
            id: node.id.clone(),
            service,
            settings,
        }
    }

    fn adding_wire(wire: &Wire) -> Edit {
        Edit::AddWire {
            id: wire.id.clone(),
            kind: wire.link.kind().entry().id.to_owned(),
            from: wire.from.clone(),
            to: wire.to.clone(),
            settings: super::file::settings_of_wire(wire),
        }
    }

    /// Fields that differ between two designs and need a new run, as `node.field`.
    #[must_use]
    pub fn restarts_between(&self, next: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for new in &next.nodes {
            let Some(old) = self.node(&new.id) else {
                continue;
            };
            if old.config.kind() != new.config.kind() {
                continue;
            }
            for (ix, info) in new.config.kind().fields().iter().enumerate() {
                if info.change == Change::Restart && old.config.get(ix) != new.config.get(ix) {
                    found.push(format!("{}.{}", new.id, info.key));
                }
            }
        }
        found
    }
}
