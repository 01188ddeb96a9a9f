//! Makes a table of the icon files, so that a new service needs no line of code for its drawing.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder");
    let out = env::var("OUT_DIR").expect("cargo names a folder for what is made");
    let folder = Path::new(&root).join("../static/icons");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("static/icons can be read")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "svg"))
        .collect();
    files.sort();
    let mut text =
        String::from("/// (id, SVG text) of each file.\nconst ICONS: &[(&str, &str)] = &[\n");
    for path in &files {
        let id = path.file_stem().unwrap_or_default().to_string_lossy();
        let svg = fs::read_to_string(path).expect("an icon is text");
        let _ = writeln!(text, "    ({id:?}, {svg:?}),");
        println!("cargo::rerun-if-changed={}", path.display());
    }
    text.push_str("];\n");
    fs::write(Path::new(&out).join("icons.rs"), text).expect("the table can be written");
}
