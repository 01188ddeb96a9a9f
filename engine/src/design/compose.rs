//! Edits made of several: place a service, put one into a wire, copy, paste, remove a selection.
//!
//! All give [`Edit`]s, so that whoever asks (pointer, touch, keyboard, a test) makes the same change.

use super::check::{NODES_MAX, WIRES_MAX};
use super::edit::{Edit, EditError};
use super::file::{settings_of_node, settings_of_wire};
use super::join::{Join, join};
use super::{Design, Wire};
use crate::base::sorted::{SortedMap, SortedSet};
use crate::services::ServiceKind;
use serde::{Deserialize, Serialize};

/// Where pasted parts stand beside what they were copied from [scene units].
pub const PASTE_SHIFT: i32 = 40;

/// What was copied: parts of a design with the wires among them, as text a clip of JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clip {
    /// Says what the text is.
    pub millrace: String,
    /// Nodes: id, service, settings other than the defaults.
    pub nodes: Vec<(String, String, SortedMap<String, String>)>,
    /// Wires among them: kind, from, to, settings other than the defaults.
    pub wires: Vec<(String, String, String, SortedMap<String, String>)>,
    /// Upper left corners.
    pub places: SortedMap<String, (i32, i32)>,
    /// Names that people gave.
    pub names: SortedMap<String, String>,
}

/// Longest clip that is read [B].
const TEXT_MAX: usize = 4 << 20;
/// What a clip calls itself.
const CLIP: &str = "clip";

impl Clip {
    /// Reads a clip from text; `None` for text that is no clip.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let clip: Self = serde_json::from_str(text).ok()?;
        let few = clip.nodes.len() <= NODES_MAX && clip.wires.len() <= WIRES_MAX;
        (clip.millrace == CLIP && !clip.nodes.is_empty() && few).then_some(clip)
    }

    /// The clip as text.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Design {
    /// An id that is free: `stem`, `stem-2`, `stem-3`...
    #[must_use]
    pub fn free_id(&self, stem: &str) -> String {
        let taken = |id: &str| self.node(id).is_some() || self.wire(id).is_some();
        free(stem, taken)
    }

    /// A new node of a service, with its upper left corner [scene units]; gives its id too.
    #[must_use]
    pub fn placing(&self, service: ServiceKind, (x, y): (i32, i32)) -> (String, Edit) {
        let id = self.free_id(stem(service));
        let add = Edit::AddNode {
            id: id.clone(),
            service: service.entry().id.to_owned(),
            settings: SortedMap::new(),
        };
        let at = Edit::Move {
            id: id.clone(),
            x,
            y,
        };
        (id, Edit::Many(vec![add, at]))
    }

    /// A wire between two nodes, of this kind.
    #[must_use]
    pub fn wiring_up(&self, kind: &str, from: &str, to: &str) -> (String, Edit) {
        let id = self.free_id(&short(&format!("{from}-to-{to}")));
        let add = Edit::AddWire {
            id: id.clone(),
            kind: kind.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            settings: SortedMap::new(),
        };
        (id, add)
    }

    /// What joins two nodes.
    ///
    /// # Errors
    /// If one of them is not there, or both are the same.
    pub fn joining(&self, from: &str, to: &str) -> Result<Join, EditError> {
        let kind = |id: &str| {
            let node = self.node(id);
            node.map(|node| node.config.kind())
                .ok_or_else(|| EditError::Unknown(id.to_owned()))
        };
        let (out, into) = (kind(from)?, kind(to)?);
        if from == to {
            return Err(EditError::Wire(format!(
                "A wire cannot lead from {from} to itself."
            )));
        }
        Ok(join(out, into))
    }

    /// A service put into a wire: the wire goes, two come. Their kinds are the usual ones.
    ///
    /// # Errors
    /// Why it cannot stand there.
    pub fn putting_into(
        &self,
        wire: &str,
        service: ServiceKind,
        at: (i32, i32),
    ) -> Result<(String, Edit), EditError> {
        let wire = self
            .wire(wire)
            .ok_or_else(|| EditError::Unknown(wire.to_owned()))?;
        let (id, place) = self.placing(service, at);
        let kinds = self.kinds_through(wire, service)?;
        let gone = Edit::RemoveWire {
            id: wire.id.clone(),
        };
        let bare = self.apply(&Edit::Many(vec![gone.clone(), place.clone()]))?;
        let (_, into) = bare.wiring_up(kinds.0, &wire.from, &id);
        let (_, on) = bare.apply(&into)?.wiring_up(kinds.1, &id, &wire.to);
        let edit = Edit::Many(vec![gone, place, into, on]);
        self.apply(&edit)?;
        Ok((id, edit))
    }

    fn kinds_through(
        &self,
        wire: &Wire,
        service: ServiceKind,
    ) -> Result<(&'static str, &'static str), EditError> {
        let end = |id: &str| {
            let node = self
                .node(id)
                .ok_or_else(|| EditError::Unknown(id.to_owned()))?;
            Ok::<_, EditError>(node.config.kind())
        };
        let usual = |from, to| match join(from, to) {
            Join::Kinds(kinds) => Ok(kinds[0]),
            Join::Refused(refusal) => Err(EditError::Wire(refusal.sentence())),
        };
        Ok((
            usual(end(&wire.from)?, service)?,
            usual(service, end(&wire.to)?)?,
        ))
    }

    /// Services in a row between two nodes, wired up, as a refusal proposes them.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn bridging(
        &self,
        (from, to): (&str, &str),
        through: &[ServiceKind],
        places: &[(i32, i32)],
    ) -> Result<Edit, EditError> {
        let mut design = self.clone();
        let mut edits = Vec::new();
        let mut last = from.to_owned();
        for (ix, service) in through.iter().enumerate() {
            let at = places.get(ix).copied().unwrap_or_default();
            let (id, place) = design.placing(*service, at);
            design = design.apply(&place)?;
            edits.push(place);
            let wire = design.usual_wire(&last, &id)?;
            design = design.apply(&wire)?;
            edits.push(wire);
            last = id;
        }
        let wire = design.usual_wire(&last, to)?;
        design.apply(&wire)?;
        edits.push(wire);
        Ok(Edit::Many(edits))
    }

    fn usual_wire(&self, from: &str, to: &str) -> Result<Edit, EditError> {
        match self.joining(from, to)? {
            Join::Kinds(kinds) => Ok(self.wiring_up(kinds[0], from, to).1),
            Join::Refused(refusal) => Err(EditError::Wire(refusal.sentence())),
        }
    }

    /// Removes nodes and wires; a wire that goes with its node is not removed twice.
    #[must_use]
    pub fn removing(&self, ids: &SortedSet<String>) -> Edit {
        let wires = self.wires.iter().filter(|wire| {
            ids.contains(&wire.id) && !ids.contains(&wire.from) && !ids.contains(&wire.to)
        });
        let wires = wires.map(|wire| Edit::RemoveWire {
            id: wire.id.clone(),
        });
        let nodes = self.nodes.iter().filter(|node| ids.contains(&node.id));
        let nodes = nodes.map(|node| Edit::RemoveNode {
            id: node.id.clone(),
        });
        Edit::Many(wires.chain(nodes).collect())
    }

    /// Copies nodes, with the wires among them. `places` are those on the stage.
    #[must_use]
    pub fn clip(&self, ids: &SortedSet<String>, places: &SortedMap<String, (i32, i32)>) -> Clip {
        let nodes = self.nodes.iter().filter(|node| ids.contains(&node.id));
        let wires = self
            .wires
            .iter()
            .filter(|wire| ids.contains(&wire.from) && ids.contains(&wire.to));
        let of = |all: &SortedMap<String, String>| {
            let mine = all.iter().filter(|(id, _)| ids.contains(*id));
            mine.map(|(id, name)| (id.clone(), name.clone())).collect()
        };
        let places = places.iter().filter(|(id, _)| ids.contains(*id));
        Clip {
            millrace: CLIP.to_owned(),
            nodes: nodes
                .map(|node| {
                    let service = node.config.kind().entry().id.to_owned();
                    (node.id.clone(), service, settings_of_node(node))
                })
                .collect(),
            wires: wires
                .map(|wire| {
                    let kind = wire.link.kind().entry().id.to_owned();
                    let (from, to) = (wire.from.clone(), wire.to.clone());
                    (kind, from, to, settings_of_wire(wire))
                })
                .collect(),
            places: places.map(|(id, at)| (id.clone(), *at)).collect(),
            names: of(&self.layout.names),
        }
    }

    /// Puts copies of a clip's parts into the design, under new ids, `shift` beside the originals;
    /// gives their ids too.
    ///
    /// # Errors
    /// If the clip is not of this catalogue.
    pub fn pasting(
        &self,
        clip: &Clip,
        shift: (i32, i32),
    ) -> Result<(Vec<String>, Edit), EditError> {
        let mut design = self.clone();
        let mut edits = Vec::new();
        let mut fresh: SortedMap<&str, String> = SortedMap::new();
        let mut take = |design: &mut Self, edit: Edit| {
            design.take(&edit)?;
            edits.push(edit);
            Ok::<(), EditError>(())
        };
        for (old, service, settings) in &clip.nodes {
            let id = design.free_id(&short(trunk(old)));
            let (x, y) = clip.places.get(old).copied().unwrap_or_default();
            let add = Edit::AddNode {
                id: id.clone(),
                service: service.clone(),
                settings: settings.clone(),
            };
            take(&mut design, add)?;
            let (x, y) = (x.saturating_add(shift.0), y.saturating_add(shift.1));
            take(
                &mut design,
                Edit::Move {
                    id: id.clone(),
                    x,
                    y,
                },
            )?;
            if let Some(name) = clip.names.get(old) {
                let name = name.clone();
                take(
                    &mut design,
                    Edit::Rename {
                        id: id.clone(),
                        name,
                    },
                )?;
            }
            fresh.insert(old, id);
        }
        for (kind, from, to, settings) in &clip.wires {
            let (Some(from), Some(to)) = (fresh.get(from.as_str()), fresh.get(to.as_str())) else {
                continue;
            };
            let id = design.free_id(&short(&format!("{from}-to-{to}")));
            let add = Edit::AddWire {
                id,
                kind: kind.clone(),
                from: from.clone(),
                to: to.clone(),
                settings: settings.clone(),
            };
            take(&mut design, add)?;
        }
        Ok((fresh.into_values().collect(), Edit::Many(edits)))
    }
}

/// The first of `stem`, `stem-2`, ... that is not taken.
fn free(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(stem) {
        return stem.to_owned();
    }
    let mut n = 2_u32;
    loop {
        let id = format!("{stem}-{n}");
        if !taken(&id) {
            return id;
        }
        n += 1;
    }
}

/// An id without the number that [`free`] gave it.
fn trunk(id: &str) -> &str {
    match id.rsplit_once('-') {
        // `store-001` is a name of its own: numbers that we give begin with no 0
        Some((stem, n)) if !n.starts_with('0') && n.parse::<u32>().is_ok() => stem,
        _ => id,
    }
}

/// An id that leaves room for a number within the 64 letters that an id may have.
fn short(id: &str) -> String {
    id.chars().take(56).collect()
}

/// What a new node of a service is called.
fn stem(service: ServiceKind) -> &'static str {
    match service.entry().id {
        "kinesis" => "stream",
        "dynamodb" => "table",
        "lambda" => "function",
        "s3" => "bucket",
        "sqs" => "queue",
        "queue" => "servers",
        "bucket" => "token-bucket",
        id => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(id: &str) -> ServiceKind {
        ServiceKind::of_id(id).expect("a service")
    }

    fn chain() -> Design {
        let mut design = Design::default();
        for (service, x) in [("tills", 0), ("kinesis", 200), ("lambda", 500)] {
            let (_, edit) = design.placing(kind(service), (x, 0));
            design = design.apply(&edit).expect("placed");
        }
        for (wire, from, to) in [
            ("put", "tills", "stream"),
            ("mapping", "stream", "function"),
        ] {
            let (_, edit) = design.wiring_up(wire, from, to);
            design = design.apply(&edit).expect("wired");
        }
        design
    }

    #[test]
    fn ids_are_free_and_read_well() {
        let design = chain();
        assert_eq!(design.free_id("stream"), "stream-2");
        assert_eq!(design.free_id("table"), "table");
        let (id, _) = design.placing(kind("kinesis"), (0, 0));
        assert_eq!(id, "stream-2");
        assert_eq!(
            (trunk("store-001"), trunk("stream-12"), trunk("a-b")),
            ("store-001", "stream", "a-b")
        );
    }

    #[test]
    fn a_service_goes_into_a_wire_where_both_halves_fit() {
        let design = chain();
        let (id, edit) = design
            .putting_into("tills-to-stream", kind("lambda"), (100, 50))
            .expect("fits");
        let next = design.apply(&edit).expect("fits");
        let ways: Vec<(&str, &str)> = next
            .wires
            .iter()
            .map(|w| (w.from.as_str(), w.to.as_str()))
            .collect();
        assert_eq!(id, "function-2");
        assert_eq!(
            ways,
            [
                ("stream", "function"),
                ("tills", "function-2"),
                ("function-2", "stream")
            ]
        );
        let error = design.putting_into("stream-to-function", kind("dynamodb"), (0, 0));
        assert!(
            error
                .expect_err("a table hands nothing on")
                .to_string()
                .contains("DynamoDB table")
        );
        let back = design.inverse(&edit);
        let again = next.apply(&back).expect("undone");
        assert_eq!(again.nodes, design.nodes);
        assert_eq!(again.wires.len(), 2);
    }

    #[test]
    fn what_a_refusal_proposes_can_be_built() {
        let mut design = chain();
        let (_, edit) = design.placing(kind("dynamodb"), (900, 0));
        design = design.apply(&edit).expect("placed");
        let Ok(Join::Refused(refusal)) = design.joining("stream", "table") else {
            panic!("no wire leads there");
        };
        let edit = design.bridging(("stream", "table"), &refusal.through, &[(700, 0)]);
        let next = design.apply(&edit.expect("bridged")).expect("bridged");
        assert_eq!((next.nodes.len(), next.wires.len()), (5, 4));
        assert_eq!(next.layout.places["function-2"], (700, 0));
        assert!(design.joining("table", "table").is_err());
    }

    #[test]
    fn a_clip_comes_back_under_new_ids_with_its_wires() {
        let design = chain();
        let ids: SortedSet<String> = ["stream", "function"].map(str::to_owned).into();
        let clip = design.clip(&ids, &design.layout.places);
        assert_eq!((clip.nodes.len(), clip.wires.len()), (2, 1));
        let clip = Clip::parse(&clip.text()).expect("a clip");
        let (fresh, edit) = design
            .pasting(&clip, (PASTE_SHIFT, PASTE_SHIFT))
            .expect("pasted");
        let next = design.apply(&edit).expect("pasted");
        assert_eq!(fresh, ["function-2", "stream-2"]);
        assert_eq!((next.nodes.len(), next.wires.len()), (5, 3));
        assert_eq!(next.layout.places["stream-2"], (240, 40));
        for text in [
            "",
            "{}",
            "[1]",
            "{\"millrace\":\"clip\",\"nodes\":[],\"wires\":[],\"places\":{},\"names\":{}}",
        ] {
            assert_eq!(Clip::parse(text), None, "{text}");
        }
        let mut bad = clip.clone();
        bad.nodes[0].1 = "toaster".to_owned();
        assert!(design.pasting(&bad, (0, 0)).is_err());
    }

    #[test]
    fn a_selection_goes_and_comes_back_as_one_step() {
        let design = chain();
        let ids: SortedSet<String> = ["stream", "tills-to-stream"].map(str::to_owned).into();
        let edit = design.removing(&ids);
        let next = design.apply(&edit).expect("removed");
        assert_eq!((next.nodes.len(), next.wires.len()), (2, 0));
        let again = next.apply(&design.inverse(&edit)).expect("undone");
        assert_eq!((again.nodes.len(), again.wires.len()), (3, 2));
        assert_eq!(again.layout.places, design.layout.places);
    }
}
