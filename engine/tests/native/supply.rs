//! What is built in from elsewhere: licences that are allowed, one registry, a reason for each dependency, none that
//! nothing uses, no unsafe code of our own; and the list of licences that the page links is of the present lock.
//! `make deny` asks `cargo deny` the same and more.

#[path = "../supply/licences.rs"]
mod licences;

use licences::{metadata, packages, text};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Licences that may be in what is built; `deny.toml` has the same.
const ALLOWED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Unicode-3.0",
    "Zlib",
    "Unlicense",
    "BSL-1.0",
    "0BSD",
];

/// The one registry.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether one of the alternatives of an expression asks for allowed licences only.
fn allowed(expression: &str) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], " ");
    // alternatives bind weaker than "AND" does; a bracket around alternatives asks for each part of it, at worst
    let all = |part: &str| {
        let mut names = part.split(" AND ").map(str::trim);
        names.all(|name| ALLOWED.contains(&name))
    };
    let needed = expression.rsplit_once(") AND ").map(|(_, rest)| rest);
    needed.is_none_or(all) && plain.split(" OR ").any(all)
}

#[test]
fn every_licence_is_allowed_and_every_package_of_the_one_registry() {
    let metadata = metadata(&[]);
    let all = packages(&metadata);
    assert!(all.len() > 30, "only {} packages", all.len());
    for package in all.values() {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        assert!(
            allowed(licence),
            "{name}: the licence {licence:?} is not in the list"
        );
        let own = package["source"].is_null();
        assert!(
            own || text(package, "source") == REGISTRY,
            "{name}: from another registry"
        );
    }
    let lock = read("Cargo.lock");
    let sources = lock
        .lines()
        .filter_map(|line| line.strip_prefix("source = "));
    assert!(sources.clone().count() > 30, "the lock names sources");
    for source in sources {
        assert_eq!(source.trim_matches('"'), REGISTRY);
    }
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    for (expression, good) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("Apache-2.0/MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND GPL-3.0", false),
        ("", false),
    ] {
        assert_eq!(allowed(expression), good, "{expression}");
    }
}

/// Dependencies of a manifest with the lines that declare them.
fn declared(manifest: &str) -> Vec<(String, String)> {
    let (mut inside, mut depth) = (false, 0_i32);
    let mut found: Vec<(String, String)> = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') && depth == 0 {
            inside = line.trim_end_matches(']').ends_with("dependencies");
            continue;
        }
        let name = line.split(['=', '.']).next().unwrap_or_default().trim();
        if inside && depth == 0 && line.contains('=') && !line.starts_with('#') {
            found.push((name.to_owned(), String::new()));
        }
        if let Some((_, text)) = found.last_mut().filter(|_| inside) {
            text.push_str(line);
        }
        let count = |c: char| line.matches(c).count() as i32;
        depth += count('[') - count(']');
    }
    found
}

/// A dependency without a reason behind it.
fn unexplained(manifest: &str) -> Vec<String> {
    let reason = |text: &str| {
        text.rsplit_once('#')
            .is_some_and(|(_, why)| why.trim().len() > 10)
    };
    let all = declared(manifest).into_iter();
    all.filter(|(_, text)| !reason(text))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn every_dependency_has_its_reason() {
    for manifest in manifests() {
        let (manifest, text) = (manifest.as_str(), read(&manifest));
        assert!(declared(&text).len() > 1, "{manifest} has dependencies");
        assert_eq!(
            unexplained(&text),
            [""; 0],
            "{manifest}: say why, behind a #"
        );
    }
    let planted = "[dependencies]\na = \"1\" # reads the numbers\nb = { version = \"1\", features = [\n\"x\",\n] }\n";
    assert_eq!(unexplained(planted), ["b"], "one has no reason");
}

/// The manifests of the workspace: page, engine, and what is only measured.
fn manifests() -> Vec<String> {
    let benches = fs::read_dir(root().join("benches")).expect("the benchmarks");
    let folders = benches.map(|entry| entry.expect("an entry").file_name());
    let folders = folders.map(|name| format!("benches/{}", name.to_string_lossy()));
    let own = ["Cargo.toml".to_owned(), "engine/Cargo.toml".to_owned()];
    let all = own
        .into_iter()
        .chain(folders.map(|folder| format!("{folder}/Cargo.toml")));
    all.filter(|manifest| root().join(manifest).exists())
        .collect()
}

/// All source of some folders.
fn source(folders: &[&str]) -> String {
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    let mut all = String::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder can be read");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&fs::read_to_string(&path).expect("source is UTF-8"));
        }
    }
    all
}

/// What a package is called in source.
fn lib_name(package: &Value) -> String {
    let targets = package["targets"].as_array().into_iter().flatten();
    let is_lib = |target: &&Value| {
        let mut kinds = target["kind"].as_array().into_iter().flatten();
        kinds.any(|kind| {
            kind.as_str()
                .is_some_and(|kind| kind.contains("lib") || kind == "proc-macro")
        })
    };
    let name = targets
        .filter(is_lib)
        .find_map(|target| target["name"].as_str());
    name.unwrap_or_default().replace('-', "_")
}

#[test]
fn no_dependency_is_there_that_nothing_uses() {
    let metadata = metadata(&[]);
    let all = packages(&metadata);
    let web = fs::read_to_string(root().join("tests/web.rs")).expect("the browser's tests");
    for manifest in manifests() {
        let folder = manifest.trim_end_matches("Cargo.toml").to_owned();
        let mut code = source(&[&format!("{folder}src")]);
        if folder.is_empty() {
            code += &web;
        }
        if code.contains("#[path = \"") {
            // it is made of the page's painters
            code += &source(&["src/platform"]);
        }
        for (name, _) in declared(&read(&manifest)) {
            let package = all.values().find(|package| text(package, "name") == name);
            let name = lib_name(package.unwrap_or_else(|| panic!("{name} is not in the lock")));
            let used = [format!("{name}::"), format!("use {name};")];
            let found = used.iter().any(|used| code.contains(used.as_str()));
            assert!(found, "{manifest}: nothing uses {name}; take it out");
        }
    }
}

#[test]
fn unsafe_code_is_forbidden_in_all_packages() {
    let workspace = read("Cargo.toml");
    assert!(workspace.contains("[workspace.lints.rust]\nunsafe_code = \"forbid\""));
    for manifest in manifests() {
        assert!(
            read(&manifest).contains("[lints]\nworkspace = true"),
            "{manifest}"
        );
    }
}

#[test]
fn the_list_of_licences_is_of_the_present_lock() {
    let (made, there) = (licences::licences(), read("static/licences.txt"));
    assert!(made.lines().filter(|line| line.contains(": MIT")).count() > 5);
    let other = made
        .lines()
        .zip(there.lines())
        .find(|(made, there)| made != there);
    assert!(
        made == there,
        "run `make licences`; the first line that differs: {other:?}"
    );
}

#[test]
fn the_lists_of_allowed_licences_are_one() {
    let deny = read("deny.toml");
    let (_, list) = deny.split_once("allow = [").expect("a list");
    let (list, _) = list.split_once(']').expect("its end");
    let names = list.split(',').map(|name| name.trim().trim_matches('"'));
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    assert_eq!(names, ALLOWED, "deny.toml and this test");
}
