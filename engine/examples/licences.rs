//! Prints the licences of what is compiled into the page: `make licences` writes them to `static/licences.txt`.

#[path = "../tests/supply/licences.rs"]
mod licences;

fn main() {
    print!("{}", licences::licences());
    // one crate at least has a name: what cargo said was understood
    let metadata = licences::metadata(&["--no-deps"]);
    let packages = licences::packages(&metadata);
    assert!(
        packages
            .values()
            .all(|package| !licences::text(package, "name").is_empty())
    );
}
