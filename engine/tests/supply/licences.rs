//! What is built in from elsewhere, as cargo tells it, and the licences of what is shipped in the page as one text.

use millrace_engine::base::sorted::{SortedMap, SortedSet};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Files of a crate that hold its licence, in the order in which they are looked for.
const FILES: &[&str] = &[
    "LICENSE-MIT",
    "LICENSE-MIT.md",
    "LICENSE-MIT.txt",
    "license-mit",
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
    "LICENCE",
    "COPYING",
    "LICENSE-APACHE",
    "LICENSE-APACHE-2.0",
];

/// What `cargo metadata` says of the workspace; from the crates that are there already if that is enough.
///
/// # Panics
/// If cargo cannot tell.
pub(crate) fn metadata(options: &[&str]) -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let ask = |more: &[&str]| {
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--format-version", "1", "--locked"]);
        command.args(options).args(more);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command.output().expect("cargo runs")
    };
    let mut said = ask(&["--offline"]);
    if !said.status.success() {
        said = ask(&[]);
    }
    let why = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success(), "cargo metadata: {why}");
    serde_json::from_slice(&said.stdout).expect("cargo prints JSON")
}

/// A text of a package: its name, version, licence.
pub(crate) fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

/// The packages by cargo's id.
pub(crate) fn packages(metadata: &Value) -> SortedMap<&str, &Value> {
    let list = metadata["packages"].as_array().expect("a list of packages");
    list.iter()
        .map(|package| (text(package, "id"), package))
        .collect()
}

fn is_macro(package: &Value) -> bool {
    let kinds = package["targets"].as_array().into_iter().flatten();
    let mut kinds = kinds
        .filter_map(|target| target["kind"].as_array())
        .flatten();
    kinds.any(|kind| kind == "proc-macro")
}

/// Packages that are compiled into the page, without the workspace's own and without macros, which only write code.
fn shipped(metadata: &Value) -> Vec<&Value> {
    let packages = packages(metadata);
    let nodes = metadata["resolve"]["nodes"].as_array().expect("a graph");
    let nodes: SortedMap<&str, &Value> =
        nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let page = packages
        .values()
        .find(|package| text(package, "name") == "millrace");
    let mut open = vec![text(page.expect("the page"), "id")];
    let mut seen = SortedSet::new();
    while let Some(id) = open.pop() {
        if is_macro(packages[id]) || !seen.insert(id) {
            continue;
        }
        for dep in nodes[id]["deps"].as_array().into_iter().flatten() {
            let mut kinds = dep["dep_kinds"].as_array().into_iter().flatten();
            if kinds.any(|kind| kind["kind"].is_null()) {
                open.push(text(dep, "pkg"));
            }
        }
    }
    let all = seen.into_iter().map(|id| packages[id]);
    let mut all: Vec<&Value> = all.filter(|package| !package["source"].is_null()).collect();
    all.sort_by_key(|package| (text(package, "name"), text(package, "version")));
    all
}

/// The licence that a crate comes with, without blanks at the ends of lines.
fn licence_of(package: &Value) -> Option<String> {
    let folder = Path::new(text(package, "manifest_path")).parent()?;
    let found = FILES
        .iter()
        .find_map(|name| std::fs::read_to_string(folder.join(name)).ok())?;
    let lines: Vec<&str> = found.trim().lines().map(str::trim_end).collect();
    Some(lines.join("\n"))
}

/// The text of `static/licences.txt`.
pub(crate) fn licences() -> String {
    let metadata = metadata(&["--filter-platform", "wasm32-unknown-unknown"]);
    let mut out = String::from(
        "Millrace is built with the work of others. This is what is compiled into the page, with its licences.\n\
         Made by `make licences` from what cargo says of the packages in Cargo.lock.\n\n",
    );
    let mut texts: SortedMap<String, Vec<String>> = SortedMap::new();
    for package in shipped(&metadata) {
        let name = format!("{} {}", text(package, "name"), text(package, "version"));
        let _ = writeln!(out, "{name}: {}", text(package, "license"));
        if let Some(licence) = licence_of(package) {
            texts.entry(licence).or_default().push(name);
        }
    }
    let mut texts: Vec<(String, Vec<String>)> = texts.into_iter().collect();
    texts.sort_by(|a, b| a.1.cmp(&b.1));
    for (licence, names) in texts {
        let _ = write!(
            out,
            "\n{}\n{}\n\n{licence}\n",
            "-".repeat(80),
            names.join(", ")
        );
    }
    out
}
