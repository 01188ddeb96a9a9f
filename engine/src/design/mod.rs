//! The document: nodes, wires, their settings, seed and start; a layout apart on which no result
//! depends. A design is a value: an edit makes a new one.

pub mod check;
pub mod compose;
pub mod edit;
pub mod file;
pub mod join;
pub mod link;
pub mod pattern;
pub mod world;

use crate::base::sorted::SortedMap;
use crate::catalog::{FieldError, FieldInfo, Rules, Value};
use crate::services::contract::{Ends, Wiring};
use crate::services::shared::trace::Trace;
use crate::services::{AnyConfig, AnyLink};
use std::sync::Arc;

pub use edit::{Edit, EditError};
pub use world::World;

/// A service with its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The id in files: `store-001`.
    pub id: String,
    /// Its settings, which name its service.
    pub config: AnyConfig,
}

/// A wire with what AWS keeps on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// The id in files.
    pub id: String,
    /// Id of the node where data come from.
    pub from: String,
    /// Id of the node where data go.
    pub to: String,
    /// Its settings, which name its kind.
    pub link: AnyLink,
}

/// Where things stand and what people call them. No result depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Top left corner of each node [scene units].
    pub places: SortedMap<String, (i32, i32)>,
    /// Names that people gave.
    pub names: SortedMap<String, String>,
    /// The place that the design stands in.
    pub world: World,
}

/// The document.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The rules table that it was made under.
    pub rules: Rules,
    /// Seed of all random streams.
    pub seed: u64,
    /// UTC of model time 0 [us since 1970].
    pub start_us: u64,
    /// Display zone.
    pub zone: String,
    /// Services, in the order in which they were added.
    pub nodes: Vec<Node>,
    /// Wires, in the order in which they were added.
    pub wires: Vec<Wire>,
    /// Layout.
    pub layout: Layout,
    /// Measured loads by name.
    pub traces: SortedMap<String, Arc<Trace>>,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            rules: Rules::NEWEST,
            seed: 7,
            start_us: 1_732_874_400_000_000, // Fri 29 Nov 2024 10:00:00 UTC
            zone: "UTC".to_owned(),
            nodes: Vec::new(),
            wires: Vec::new(),
            layout: Layout::default(),
            traces: SortedMap::new(),
        }
    }
}

/// A node's or a wire's settings, for readers that treat both alike.
#[derive(Debug)]
pub enum Settings<'a> {
    /// Of a node.
    Node(&'a mut AnyConfig),
    /// Of a wire.
    Wire(&'a mut AnyLink),
}

impl Settings<'_> {
    /// Its fields.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldInfo> {
        match self {
            Self::Node(config) => config.kind().fields(),
            Self::Wire(link) => link.kind().fields(),
        }
    }

    /// Reads a field.
    #[must_use]
    pub fn get(&self, ix: usize) -> Value {
        match self {
            Self::Node(config) => config.get(ix),
            Self::Wire(link) => link.get(ix),
        }
    }

    /// Writes a field by its key from text.
    ///
    /// # Errors
    /// A sentence for an unknown key or a value that is not allowed.
    pub fn set_text(&mut self, key: &str, text: &str) -> Result<(), FieldError> {
        let fields = self.fields();
        let Some(ix) = fields.iter().position(|field| field.key == key) else {
            let known: Vec<&str> = fields.iter().map(|field| field.key).collect();
            let known = known.join(", ");
            let key: String = key.chars().take(40).collect();
            return Err(FieldError(format!(
                "There is no setting \"{key}\" here; there are {known}."
            )));
        };
        let value = fields[ix].parse(text)?;
        match self {
            Self::Node(config) => config.set(ix, &value),
            Self::Wire(link) => link.set(ix, &value),
        }
    }
}

impl Design {
    /// The node with this id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The wire with this id.
    #[must_use]
    pub fn wire(&self, id: &str) -> Option<&Wire> {
        self.wires.iter().find(|wire| wire.id == id)
    }

    /// What a snippet or check may know of a node's surroundings.
    #[must_use]
    pub fn wiring(&self, id: &str) -> Wiring {
        let service = |id: &str| self.service_of(id);
        let kind = |wire: &Wire| wire.link.kind().entry().id.to_owned();
        let ins = self.wires.iter().filter(|wire| wire.to == id);
        let outs = self.wires.iter().filter(|wire| wire.from == id);
        Wiring {
            id: id.to_owned(),
            ins: ins
                .map(|w| (kind(w), w.from.clone(), service(&w.from)))
                .collect(),
            outs: outs
                .map(|w| (kind(w), w.to.clone(), service(&w.to)))
                .collect(),
        }
    }

    /// The two ends of a wire, for its checks and its code.
    #[must_use]
    pub fn ends(&self, wire: &Wire) -> Ends {
        let end = |id: &String| (id.clone(), self.service_of(id));
        Ends {
            id: wire.id.clone(),
            from: end(&wire.from),
            to: end(&wire.to),
            from_fields: self.fields_of(&wire.from),
            to_fields: self.fields_of(&wire.to),
        }
    }

    /// The settings of a node by key; none if there is no such node.
    fn fields_of(&self, id: &str) -> Vec<(&'static str, Value)> {
        let Some(node) = self.node(id) else {
            return Vec::new();
        };
        let fields = node.config.kind().fields();
        let values = fields.iter().enumerate();
        values
            .map(|(ix, field)| (field.key, node.config.get(ix)))
            .collect()
    }

    /// Id of the service of a node; empty if there is no such node.
    fn service_of(&self, id: &str) -> String {
        self.node(id)
            .map_or_else(String::new, |n| n.config.kind().entry().id.to_owned())
    }
}
