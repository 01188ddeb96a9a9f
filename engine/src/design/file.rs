//! The file: `{format, engine, design, inputs, end}` as JSON. Reading gives a list of problems.

use super::edit::{Edit, check_id, short};
use super::{Design, Layout, Node, Settings, Wire, World};
use crate::base::sorted::{SortedMap, order};
use crate::base::time::Us;
use crate::catalog::Rules;
use crate::services::contract::Problem;
use crate::services::payload::Act as PayloadAct;
use crate::services::shared::trace::exact::{self, Exact, Row};
use crate::services::shared::trace::{Step, Trace};
use crate::services::{AnyConfig, AnyLink, LinkKind, ServiceKind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The format that this revision writes and reads.
pub const FORMAT: u32 = 1;
/// The engine's name and revision, written into files and reports.
pub const ENGINE: &str = concat!("millrace ", env!("CARGO_PKG_VERSION"));
/// The latest start [us since 1970]: the year 2200.
const START_MAX: u64 = 7_258_118_400_000_000;
/// Largest file that is read [B]; a fortnight of five-minute steps takes 60 kB.
pub const BYTES_MAX: usize = 16 << 20;

/// Most of what the JSON reader says that is told on [letters]: it may quote the file at length.
const SAID_MAX: usize = 300;

/// A fault as it stands in files and inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// Id of the node.
    pub node: String,
    /// `crash`, `slow`, `refuse`, `lost-ack`.
    pub kind: String,
    /// How long, as text: `60s`.
    pub lasts: String,
    /// For `slow`: the factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// For `refuse` and `lost-ack`: the share of calls in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
}

/// What an input does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Changes the design.
    Edit(Edit),
    /// Lets something befall a node.
    Fault(FaultSpec),
}

/// A change of a run at a time. Inputs of one time are taken in the order of `n`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawInput")]
pub struct Input {
    /// Model time since the start [us].
    pub at_us: Us,
    /// Order among the inputs of one time.
    #[serde(default)]
    pub n: u32,
    /// What it does.
    #[serde(flatten)]
    pub act: Act,
}

/// An input as it is read: exactly one of `edit` and `fault`, and nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    at_us: Us,
    #[serde(default)]
    n: u32,
    edit: Option<Edit>,
    fault: Option<FaultSpec>,
}

impl TryFrom<RawInput> for Input {
    type Error = String;

    fn try_from(raw: RawInput) -> Result<Self, String> {
        let RawInput {
            at_us,
            n,
            edit,
            fault,
        } = raw;
        let act = match (edit, fault) {
            (Some(edit), None) => Act::Edit(edit),
            (None, Some(fault)) => Act::Fault(fault),
            _ => return Err("an input has either \"edit\" or \"fault\"".to_owned()),
        };
        Ok(Self { at_us, n, act })
    }
}

/// Where a run stood when it was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Model time [us].
    pub at_us: Us,
    /// Digest of the world there, 16 hex digits.
    pub digest: String,
}

/// A design with what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The first design.
    pub design: Design,
    /// What was done.
    pub inputs: Vec<Input>,
    /// Where the run stood.
    pub end: Option<End>,
    /// The engine that wrote it; empty if none is named.
    pub engine: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNode {
    id: String,
    service: String,
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    settings: SortedMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWire {
    id: String,
    kind: String,
    from: String,
    to: String,
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    settings: SortedMap<String, serde_json::Value>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLayout {
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    places: SortedMap<String, (i32, i32)>,
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    names: SortedMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    world: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDesign {
    rules: String,
    seed: u64,
    start_us: u64,
    #[serde(default = "utc")]
    zone: String,
    nodes: Vec<RawNode>,
    wires: Vec<RawWire>,
    #[serde(default)]
    layout: RawLayout,
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    traces: SortedMap<String, Vec<(u64, u64)>>,
    #[serde(default, skip_serializing_if = "SortedMap::is_empty")]
    records: SortedMap<String, RawRecords>,
}

/// Exact records of a trace: keys, and (time, place of the key, bytes, operation, amount) a row.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecords {
    keys: Vec<String>,
    rows: Vec<(u64, u32, u32, String, u64)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    format: u32,
    #[serde(default)]
    engine: String,
    design: RawDesign,
    #[serde(default)]
    inputs: Vec<Input>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn fatal(at: &str, text: String) -> Problem {
    Problem {
        at: at.to_owned(),
        field: String::new(),
        text,
        fatal: true,
    }
}

/// Reads a file.
///
/// # Errors
/// All problems found, as sentences that name what and where.
pub fn read(text: &str) -> Result<File, Vec<Problem>> {
    if text.len() > BYTES_MAX {
        let (len, max) = (text.len(), BYTES_MAX);
        return Err(vec![fatal(
            "",
            format!("The file has {len} bytes; at most {max} are read."),
        )]);
    }
    let raw: RawFile = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        let what: String = what.chars().take(SAID_MAX).collect();
        vec![fatal(
            "",
            format!("This is no Millrace file: {what} (line {line}, column {column})."),
        )]
    })?;
    if raw.format != FORMAT {
        let format = raw.format;
        return Err(vec![fatal(
            "",
            format!("The file has format {format}; this version reads format {FORMAT}."),
        )]);
    }
    let mut problems = Vec::new();
    let design = design_of(raw.design, &mut problems);
    let mut inputs = raw.inputs;
    order::sort_by_key(&mut inputs, |input| (input.at_us, input.n));
    for problem in design.check() {
        if problem.fatal && !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    if problems.is_empty() {
        Ok(File {
            design,
            inputs,
            end: raw.end,
            engine: raw.engine,
        })
    } else {
        Err(problems)
    }
}

fn design_of(raw: RawDesign, problems: &mut Vec<Problem>) -> Design {
    let rules = Rules::parse(&raw.rules).unwrap_or_else(|text| {
        problems.push(fatal("", text));
        Rules::NEWEST
    });
    if raw.zone != "UTC" {
        let zone: String = raw.zone.chars().take(40).collect();
        problems.push(fatal(
            "",
            format!("The zone \"{zone}\" is not known; UTC is."),
        ));
    }
    let mut design = Design {
        rules,
        seed: raw.seed,
        start_us: raw.start_us,
        zone: utc(),
        nodes: Vec::new(),
        wires: Vec::new(),
        layout: Layout {
            places: raw.layout.places,
            names: raw.layout.names,
            world: World::read(raw.layout.world.as_deref()).unwrap_or_else(|text| {
                problems.push(fatal("", text));
                World::None
            }),
        },
        traces: SortedMap::new(),
    };
    problems.extend(super::check::layout_problems(&design.layout));
    if raw.start_us > START_MAX {
        problems.push(fatal("", "The start lies behind the year 2200.".to_owned()));
    }
    for (name, steps) in raw.traces {
        let steps = steps.into_iter().map(|(at, milli)| Step { at, milli });
        let trace = Trace {
            name: name.clone(),
            steps: steps.collect(),
            exact: None,
        };
        add_trace(&mut design, name, trace, problems);
    }
    for (name, records) in raw.records {
        let trace = Trace {
            name: name.clone(),
            steps: Vec::new(),
            exact: Some(exact_of(records)),
        };
        add_trace(&mut design, name, trace, problems);
    }
    for node in raw.nodes.into_iter().take(super::check::NODES_MAX + 1) {
        add_node(&mut design, node, problems);
    }
    for wire in raw.wires.into_iter().take(super::check::WIRES_MAX + 1) {
        add_wire(&mut design, wire, problems);
    }
    design
}

fn add_trace(design: &mut Design, name: String, trace: Trace, problems: &mut Vec<Problem>) {
    match trace.check() {
        Ok(()) => drop(design.traces.insert(name, Arc::new(trace))),
        Err(text) => problems.push(fatal("", text)),
    }
}

/// Exact records as they are read; an operation that is not known makes a row that fails its check.
fn exact_of(raw: RawRecords) -> Exact {
    let rows = raw.rows.into_iter().map(|(at, key, bytes, op, amount)| {
        let act = exact::act_of(&op);
        Row {
            at,
            key,
            bytes: if act.is_some() { bytes } else { 0 },
            act: act.unwrap_or(PayloadAct::Count),
            amount,
        }
    });
    Exact {
        rows: rows.collect(),
        keys: raw.keys,
    }
}

fn records_of(exact: &Exact) -> RawRecords {
    let rows = exact.rows.iter().map(|row| {
        let op = exact::word(row.act).to_owned();
        (row.at, row.key, row.bytes, op, row.amount)
    });
    RawRecords {
        keys: exact.keys.clone(),
        rows: rows.collect(),
    }
}

fn add_node(design: &mut Design, raw: RawNode, problems: &mut Vec<Problem>) {
    if let Err(error) = check_id(&raw.id) {
        problems.push(fatal("", error.to_string()));
    }
    let Some(kind) = ServiceKind::of_id(&raw.service) else {
        let (id, service) = (short(&raw.id), short(&raw.service));
        let text = format!("{id}: there is no service \"{service}\" in this version.");
        problems.push(fatal(&raw.id, text));
        return;
    };
    let mut config = AnyConfig::of(kind);
    fill(
        &raw.id,
        &raw.settings,
        Settings::Node(&mut config),
        problems,
    );
    design.nodes.push(Node { id: raw.id, config });
}

fn add_wire(design: &mut Design, raw: RawWire, problems: &mut Vec<Problem>) {
    let Some(kind) = LinkKind::of_id(&raw.kind) else {
        let (id, kind) = (short(&raw.id), short(&raw.kind));
        let text = format!("{id}: there is no wire kind \"{kind}\" in this version.");
        problems.push(fatal(&raw.id, text));
        return;
    };
    let mut link = AnyLink::of(kind);
    fill(&raw.id, &raw.settings, Settings::Wire(&mut link), problems);
    design.wires.push(Wire {
        id: raw.id,
        from: raw.from,
        to: raw.to,
        link,
    });
}

fn fill(
    id: &str,
    values: &SortedMap<String, serde_json::Value>,
    mut settings: Settings<'_>,
    problems: &mut Vec<Problem>,
) {
    for (key, value) in values {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let Err(error) = settings.set_text(key, &text) {
            let (at, field) = (id.to_owned(), key.clone());
            problems.push(Problem {
                at,
                field,
                text: format!("{}: {error}", short(id)),
                fatal: true,
            });
        }
    }
}

fn changed(mut now: Settings<'_>, defaults: &Settings<'_>) -> SortedMap<String, String> {
    let fields = now.fields();
    let mut out = SortedMap::new();
    for (ix, field) in fields.iter().enumerate() {
        let value = now.get(ix);
        if value != defaults.get(ix) {
            out.insert(field.key.to_owned(), field.show(&value));
        }
    }
    let _ = &mut now;
    out
}

/// Settings of a node that differ from the defaults.
#[must_use]
pub fn settings_of_node(node: &Node) -> SortedMap<String, String> {
    let mut defaults = AnyConfig::of(node.config.kind());
    changed(
        Settings::Node(&mut node.config.clone()),
        &Settings::Node(&mut defaults),
    )
}

/// Settings of a wire that differ from the defaults.
#[must_use]
pub fn settings_of_wire(wire: &Wire) -> SortedMap<String, String> {
    let mut defaults = AnyLink::of(wire.link.kind());
    changed(
        Settings::Wire(&mut wire.link.clone()),
        &Settings::Wire(&mut defaults),
    )
}

fn as_json(settings: SortedMap<String, String>) -> SortedMap<String, serde_json::Value> {
    settings
        .into_iter()
        .map(|(key, text)| (key, serde_json::Value::String(text)))
        .collect()
}

/// Writes a file, for people to read too.
#[must_use]
pub fn write(file: &File) -> String {
    serde_json::to_string_pretty(&raw_of(file)).unwrap_or_default()
}

/// Writes a file without a blank too many.
#[must_use]
pub fn write_dense(file: &File) -> String {
    serde_json::to_string(&raw_of(file)).unwrap_or_default()
}

fn raw_of(file: &File) -> RawFile {
    let design = &file.design;
    let nodes = design.nodes.iter().map(|node| RawNode {
        id: node.id.clone(),
        service: node.config.kind().entry().id.to_owned(),
        settings: as_json(settings_of_node(node)),
    });
    let wires = design.wires.iter().map(|wire| RawWire {
        id: wire.id.clone(),
        kind: wire.link.kind().entry().id.to_owned(),
        from: wire.from.clone(),
        to: wire.to.clone(),
        settings: as_json(settings_of_wire(wire)),
    });
    let steps = design.traces.iter().filter(|(_, t)| t.exact.is_none());
    let records = design.traces.iter().filter_map(|(name, trace)| {
        let exact = trace.exact.as_ref()?;
        Some((name.clone(), records_of(exact)))
    });
    let traces = steps.map(|(name, trace)| {
        (
            name.clone(),
            trace
                .steps
                .iter()
                .map(|step| (step.at, step.milli))
                .collect(),
        )
    });
    RawFile {
        format: FORMAT,
        engine: ENGINE.to_owned(),
        design: RawDesign {
            rules: design.rules.name(),
            seed: design.seed,
            start_us: design.start_us,
            zone: design.zone.clone(),
            nodes: nodes.collect(),
            wires: wires.collect(),
            layout: RawLayout {
                places: design.layout.places.clone(),
                names: design.layout.names.clone(),
                world: design.layout.world.written(),
            },
            traces: traces.collect(),
            records: records.collect(),
        },
        inputs: file.inputs.clone(),
        end: file.end.clone(),
    }
}

/// Reads a list of inputs, as `--inputs` takes it.
///
/// # Errors
/// A sentence with line and column.
pub fn read_inputs(text: &str) -> Result<Vec<Input>, String> {
    let mut inputs: Vec<Input> = serde_json::from_str(text).map_err(|error| {
        let error: String = error.to_string().chars().take(SAID_MAX).collect();
        format!(
            "The inputs cannot be read: {error}. A list of {{at_us, n, edit or fault}} is needed."
        )
    })?;
    order::sort_by_key(&mut inputs, |input| (input.at_us, input.n));
    Ok(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> File {
        let design = Design::default()
            .apply(&Edit::AddNode {
                id: "report".into(),
                service: "sink".into(),
                settings: [("late_after".to_owned(), "5s".to_owned())].into(),
            })
            .expect("a sink");
        let edit = Edit::Set {
            at: "report".into(),
            field: "late_after".into(),
            value: "1s".into(),
        };
        let inputs = vec![Input {
            at_us: 5,
            n: 0,
            act: Act::Edit(edit),
        }];
        File {
            design,
            inputs,
            end: None,
            engine: ENGINE.to_owned(),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let file = small();
        assert_eq!(read(&write(&file)), Ok(file), "the same file");
    }

    #[test]
    fn records_of_a_trace_are_written_and_read_back() {
        let text = "time,key,bytes,op,amount\n0,a,10,sale,1.50\n0,b,20,deposit,3\n9,a,5,count,7\n";
        let trace = crate::services::shared::trace::parse("till roll", text).expect("a good file");
        let mut file = small();
        file.design
            .traces
            .insert("till roll".to_owned(), Arc::new(trace));
        let text = write(&file);
        assert_eq!(read(&text), Ok(file), "the same file");
        for (from, to) in [("\"sale\"", "\"sold\""), ("\"b\"", "\"\"")] {
            let problems = read(&text.replace(from, to)).expect_err("a bad row or key");
            assert!(problems[0].text.contains("till roll"), "{problems:?}");
        }
    }

    #[test]
    fn bad_files_name_what_and_where() {
        let text = write(&small());
        for (bad, part) in [
            ("{".to_owned(), "line 1"),
            (text.replace("\"format\": 1", "\"format\": 9"), "format 9"),
            (text.replace("\"sink\"", "\"sinkhole\""), "sinkhole"),
            (text.replace("\"5s\"", "\"five\""), "late_after"),
            (text.replace("2026-11", "2099-01"), "2099-01"),
            (text.replace("\"report\"", "\"a b\""), "a b"),
        ] {
            let problems = read(&bad).expect_err("a bad file");
            let all: Vec<String> = problems.into_iter().map(|problem| problem.text).collect();
            assert!(
                all.iter().any(|text| text.contains(part)),
                "{part} is not named in {all:?}"
            );
        }
    }
}
