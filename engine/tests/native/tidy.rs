//! Holds the hard limits of the code: layers, headers, lengths, and names that would break determinism.
//!
//! Comments and strings are blanked before names are looked for, so a doc may speak of what code may not use.
//! Each message ends with its remedy. `planted_faults_are_found` shows that every rule can fail.

use std::fs;
use std::path::{Path, PathBuf};

const COLUMNS: usize = 120;
const FUNCTION_LINES: usize = 70;
const FILE_LINES: usize = 900;
const FILE_LINES_WITHOUT_REASON: usize = 600;

/// The engine's layers, lowest first; those in one row may use each other, nothing may use a later row.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["kernel"],
    &["catalog"],
    &["services"],
    &["design"],
    &["ledger"],
    &["run"],
    &["scene", "charts", "lessons", "export", "import"],
    &["cases"],
];

/// What engine code may not name, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    (
        "HashMap",
        "its order differs between runs; use BTreeMap or a Vec by index",
    ),
    (
        "HashSet",
        "its order differs between runs; use BTreeSet or a sorted Vec",
    ),
    (
        "web_sys",
        "the engine knows no browser; do it in src/platform",
    ),
    (
        "std::time",
        "the engine knows no wall clock; take the model's time",
    ),
    (
        "rand_distr",
        "its logarithm differs between platforms; use the samplers in base",
    ),
    (
        "mul_add",
        "it rounds differently between platforms; write a * b + c",
    ),
];

/// Methods of `f64` whose last bit differs between platforms; `libm` has one implementation for all.
const PLATFORM_MATHS: &[&str] = &[
    "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log2", "log10", "powf", "powi", "sin", "cos",
    "tan", "cbrt", "hypot",
];

#[test]
fn the_code_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["engine/src", "engine/tests", "src", "tests", "benches"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(
        files.len() >= 4,
        "tidy found only {} files below {}",
        files.len(),
        root.display()
    );
    let mut faults = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("a source file is UTF-8");
        let path = file
            .strip_prefix(&root)
            .expect("below the root")
            .to_string_lossy()
            .replace('\\', "/");
        faults.extend(check(&path, &text));
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if path
                .file_name()
                .is_some_and(|name| name != "node_modules" && name != "out")
            {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// All faults of one file, each as `path:line: what; remedy`.
fn check(path: &str, text: &str) -> Vec<String> {
    let code = blank(text);
    let mut faults = Vec::new();
    check_shape(path, text, &mut faults);
    check_functions(path, &code, &mut faults);
    if let Some(inside) = path.strip_prefix("engine/src/") {
        check_names(path, &code, &mut faults);
        check_layers(path, inside, &code, &mut faults);
    }
    faults
}

fn check_shape(path: &str, text: &str, faults: &mut Vec<String>) {
    if !text.starts_with("//!") {
        faults.push(format!(
            "{path}:1: no header; begin the file with `//!` and say what it is"
        ));
    }
    for (index, line) in text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS {
            faults.push(format!(
                "{path}:{}: {columns} columns; break the line at {COLUMNS}",
                index + 1
            ));
        }
        for mark in [concat!("TO", "DO"), concat!("FIX", "ME")] {
            if line.contains(mark) {
                faults.push(format!(
                    "{path}:{}: a leftover {mark}; do it, or open an issue",
                    index + 1
                ));
            }
        }
    }
    let lines = text.lines().count();
    if lines > FILE_LINES {
        faults.push(format!(
            "{path}: {lines} lines; split it, {FILE_LINES} is the limit"
        ));
    } else if lines > FILE_LINES_WITHOUT_REASON && !text.contains("//! Long: ") {
        faults.push(format!(
            "{path}: {lines} lines; split it, or give the reason in a header line `//! Long: ...`"
        ));
    }
}

/// Functions by matching braces in blanked code.
fn check_functions(path: &str, code: &str, faults: &mut Vec<String>) {
    let bytes = code.as_bytes();
    for (start, _) in code.match_indices("fn ") {
        if start > 0 && is_word(bytes[start - 1]) {
            continue;
        }
        let Some(end) = body_end(&bytes[start..]) else {
            continue;
        };
        let lines = 1 + bytes[start..start + end]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        if lines > FUNCTION_LINES {
            let name: String = code[start + 3..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            faults.push(format!(
                "{path}:{}: function `{name}` has {lines} lines; take a part out, {FUNCTION_LINES} is the limit",
                line_of(code, start)
            ));
        }
    }
}

/// The offset behind a function's body; `None` where it has none (a trait's method, a pointer type).
fn body_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut brackets) = (0usize, 0usize);
    for (offset, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' if brackets == 0 => return None,
            b')' | b']' => brackets -= 1,
            b';' if depth == 0 && brackets == 0 => return None,
            b'{' => depth += 1,
            b'}' if depth == 0 => return None,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(offset + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn check_names(path: &str, code: &str, faults: &mut Vec<String>) {
    for (name, remedy) in FORBIDDEN {
        for at in words(code, name) {
            faults.push(format!("{path}:{}: `{name}`: {remedy}", line_of(code, at)));
        }
    }
    for method in PLATFORM_MATHS {
        let call = format!(".{method}(");
        let path_call = format!("f64::{method}");
        let calls = code.match_indices(&call).map(|(at, _)| at);
        for at in calls.chain(words(code, &path_call)) {
            faults.push(format!(
                "{path}:{}: `{method}` of the platform; use `libm`, which gives the same bits everywhere",
                line_of(code, at)
            ));
        }
    }
}

fn check_layers(path: &str, inside: &str, code: &str, faults: &mut Vec<String>) {
    let own = inside.split(['/', '.']).next().unwrap_or_default();
    // tests may use the checks of layers above: they are no part of what is built
    let test = inside.ends_with("/tests.rs") || inside.contains("/tests/");
    if own == "lib" || own == "bin" || test {
        return;
    }
    let Some(rank) = rank(own) else {
        faults.push(format!(
            "{path}: `{own}` is in no layer; name its layer in LAYERS of engine/tests/native/tidy.rs"
        ));
        return;
    };
    for (at, _) in code.match_indices("crate::") {
        if at > 0 && is_word(code.as_bytes()[at - 1]) {
            continue;
        }
        for used in first_names(&code[at + "crate::".len()..]) {
            if self::rank(&used).is_some_and(|other| other > rank) {
                faults.push(format!(
                    "{path}:{}: `{own}` uses `{used}`, a layer above it; move the shared part down, or pass it in",
                    line_of(code, at)
                ));
            }
        }
    }
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// The modules that follow `crate::`: one name, or the heads of a `{...}` group.
fn first_names(rest: &str) -> Vec<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let (mut depth, mut names, mut start) = (0usize, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(word(group[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Offsets of `name` where it stands as a whole word.
fn words<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    code.match_indices(name)
        .map(|(at, _)| at)
        .filter(move |at| {
            let before = *at == 0 || !is_word(bytes[at - 1]);
            let after = bytes
                .get(at + name.len())
                .is_none_or(|byte| !is_word(*byte));
            before && after
        })
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}

/// The text with comments, strings and characters replaced by spaces; lines stay where they are.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = at + skip(&bytes[at..], at > 0 && is_word(bytes[at - 1])).max(1);
        let plain = end == at + 1;
        for byte in &bytes[at..end.min(bytes.len())] {
            let keep = *byte == b'\n' || (plain && byte.is_ascii());
            out.push(if keep { *byte } else { b' ' });
        }
        at = end;
    }
    String::from_utf8(out).expect("only ASCII was kept")
}

/// The length of the comment, string or character that starts here; 0 if none does.
fn skip(rest: &[u8], in_word: bool) -> usize {
    match rest {
        [b'/', b'/', ..] => find(rest, b"\n").unwrap_or(rest.len()),
        [b'/', b'*', ..] => find(rest, b"*/").map_or(rest.len(), |end| end + 2),
        [b'r', b'"' | b'#', ..] if !in_word => raw_string(rest),
        [b'b', b'r', b'"' | b'#', ..] if !in_word => 1 + raw_string(&rest[1..]),
        [b'"', ..] => quoted(rest, b'"'),
        [b'\'', b'\\', ..] => quoted(rest, b'\''),
        [b'\'', ..] => character(rest),
        _ => 0,
    }
}

/// A character in quotes, or 0 for a lifetime.
fn character(rest: &[u8]) -> usize {
    let width = match rest.get(1) {
        Some(byte) if *byte >= 0xf0 => 4,
        Some(byte) if *byte >= 0xe0 => 3,
        Some(byte) if *byte >= 0xc0 => 2,
        _ => 1,
    };
    if rest.get(1 + width) == Some(&b'\'') {
        width + 2
    } else {
        0
    }
}

fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0; // a raw identifier
    }
    let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let body = 2 + hashes;
    find(&rest[body..], &close).map_or(rest.len(), |end| body + end + close.len())
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Each: where, what, and a part of the message that it must give, alone.
const PLANTED: &[(&str, &str, &str)] = &[
    ("src/a.rs", "fn a() {}\n", "no header"),
    (
        "engine/src/base/a.rs",
        "//! x\nuse std::collections::HashMap;\n",
        "BTreeMap",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nuse std::collections::{BTreeMap, HashSet};\n",
        "BTreeSet",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nuse std::time::Instant;\n",
        "wall clock",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nuse std::time::{Duration, SystemTime};\n",
        "wall clock",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nuse web_sys::Window;\n",
        "no browser",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nuse rand_distr::Normal;\n",
        "samplers in base",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nfn a() -> f64 { 2.0_f64.exp() }\n",
        "libm",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nfn a() -> f64 { f64::powf(2.0, 3.0) }\n",
        "libm",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nfn a(x: f64) -> f64 { x.mul_add(x, x) }\n",
        "rounds differently",
    ),
    (
        "engine/src/base/a.rs",
        "//! x\nuse crate::kernel::Engine;\n",
        "`base` uses `kernel`",
    ),
    (
        "engine/src/kernel.rs",
        "//! x\nuse crate::{base::Time, run::{A, B}};\n",
        "`kernel` uses `run`",
    ),
    (
        "engine/src/design/a.rs",
        "//! x\nfn a() { crate::scene::build() }\n",
        "`design` uses `scene`",
    ),
    ("engine/src/attic/a.rs", "//! x\n", "in no layer"),
];

#[test]
fn planted_faults_are_found() {
    for (path, text, wanted) in PLANTED {
        expect_only(path, text, wanted);
    }
}

#[test]
fn planted_excess_is_found() {
    let line = format!("//! x\n// {}\n", "x".repeat(COLUMNS));
    let function = format!(
        "//! x\nfn long(a: &[u8; 2]) -> u8 {{\n{}}}\n",
        "    a();\n".repeat(FUNCTION_LINES)
    );
    let leftover = format!("//! x\n// {}: later\n", concat!("TO", "DO"));
    expect_only("src/a.rs", &line, "break the line");
    expect_only("src/a.rs", &function, "function `long` has 72 lines");
    expect_only("src/a.rs", &leftover, "leftover");
    expect_only(
        "tests/a.rs",
        &format!("//! x\n{}", "\n".repeat(FILE_LINES)),
        "split it, 900",
    );
    let reason = "or give the reason";
    expect_only(
        "tests/a.rs",
        &format!("//! x\n{}", "\n".repeat(FILE_LINES_WITHOUT_REASON)),
        reason,
    );
}

fn expect_only(path: &str, text: &str, wanted: &str) {
    let faults = check(path, text);
    assert!(
        faults.len() == 1 && faults[0].contains(wanted),
        "wanted only `{wanted}` in {text:?}, found {faults:?}"
    );
}

#[test]
fn clean_code_has_no_faults() {
    let text = r##"//! HashMap in a header, and crate::scene.
use crate::base::{Time, Rate};
// x.exp() and Instant in a comment
/* HashSet */
fn a<'a>(x: &'a str) -> char { let _ = ("HashMap \" x.ln()", r#"web_sys " "#, b'"', '\'', '{'); 'x' }
fn b(x: f64) -> f64 { libm::exp(x.sqrt()) + f64::from(x.ilog2()) }
trait C { fn c(&self); fn d(f: fn (u8) -> u8); }
"##;
    assert_eq!(check("engine/src/run/a.rs", text), Vec::<String>::new());
}
