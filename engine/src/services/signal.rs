//! What lies in the queue of a run, and the orders that inputs become.

use super::faults::Fault;
use super::talk::{Ask, Control, NodeId, Place, Reply, WireId};
use super::{AnyConfig, AnyLink};
use crate::base::time::Us;
use crate::kernel::CallId;
use std::sync::Arc;

/// What lies in the queue.
#[derive(Clone, Debug, Hash)]
pub enum Signal {
    /// A node or wire begins its life.
    Start(Place),
    /// A timer rings.
    Wake {
        /// Who set it.
        place: Place,
        /// In which life.
        life: u32,
        /// What it means to the one who set it.
        tag: u32,
        /// A number with it.
        arg: u64,
    },
    /// A request reaches the one who must answer.
    Arrive {
        /// The request.
        call: CallId,
        /// Over which wire.
        wire: WireId,
        /// Who must answer.
        to: Place,
        /// What is asked.
        ask: Ask,
    },
    /// An answer reaches the asker.
    Answer {
        /// The request, closed already.
        call: CallId,
        /// The asker.
        place: Place,
        /// The asker's life when it asked.
        life: u32,
        /// Over which wire.
        wire: WireId,
        /// The answer.
        reply: Reply,
    },
    /// Custody of what a reader lost goes back to the log.
    SetBack {
        /// The log.
        node: NodeId,
        /// The reader's wire.
        wire: WireId,
        /// The shard.
        shard: u32,
        /// From this record on.
        ordinal: u64,
    },
    /// An input: an edit or a fault.
    Order(Order),
    /// Somebody outside asks a service directly.
    FromOutside {
        /// Who must answer.
        to: NodeId,
        /// What is asked.
        ask: Ask,
    },
    /// A fault is over.
    FaultEnds {
        /// Where.
        node: NodeId,
        /// Its number.
        number: u32,
    },
}

/// An input, with names resolved.
#[derive(Clone, Debug, Hash)]
pub enum Order {
    /// New settings of a node.
    Configure {
        /// Which.
        node: NodeId,
        /// All its settings.
        config: AnyConfig,
    },
    /// New settings of a wire.
    ConfigureWire {
        /// Which.
        wire: WireId,
        /// All its settings.
        link: AnyLink,
    },
    /// A new node.
    AddNode {
        /// Its id in the design.
        name: Arc<str>,
        /// Its settings.
        config: AnyConfig,
    },
    /// A new wire.
    AddWire {
        /// Its id in the design.
        name: Arc<str>,
        /// Where data come from.
        from: NodeId,
        /// Where data go.
        to: NodeId,
        /// Its settings.
        link: AnyLink,
    },
    /// A node goes, with its wires.
    RemoveNode(NodeId),
    /// A wire goes.
    RemoveWire(WireId),
    /// A fault begins.
    Fault {
        /// Where.
        node: NodeId,
        /// What.
        fault: Fault,
        /// Its number within the run.
        number: u32,
        /// How long [us].
        lasts: Us,
    },
    /// A command to a control plane.
    Control {
        /// Which node.
        node: NodeId,
        /// What.
        control: Control,
    },
}
