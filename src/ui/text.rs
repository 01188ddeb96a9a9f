//! The words of the page, by key. They are part of the program, so that not even the first picture waits for them.

use millrace_engine::base::sorted::SortedMap;
use std::sync::OnceLock;

const ENGLISH: [&str; 2] = [
    include_str!("../../static/text/en/ui.json"),
    include_str!("../../static/text/en/charts.json"),
];

fn words() -> &'static SortedMap<String, String> {
    static WORDS: OnceLock<SortedMap<String, String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let read = |text: &&str| serde_json::from_str::<SortedMap<String, String>>(text);
        ENGLISH
            .iter()
            .flat_map(|text| read(text).unwrap_or_default())
            .collect()
    })
}

/// The text under `key`, if there is one.
pub(crate) fn find(key: &str) -> Option<&'static str> {
    words().get(key).map(String::as_str)
}

/// The text under `key`; a key without a text shows itself, so that it is noticed.
pub(crate) fn t(key: &str) -> &'static str {
    find(key).unwrap_or_else(|| missing(key))
}

/// The text under `key` with each `{name}` replaced by its value.
pub(crate) fn fill(key: &str, values: &[(&str, &str)]) -> String {
    let mut text = t(key).to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// A small whole number in words, as a sentence likes it; larger ones in figures.
pub(crate) fn number(n: u64) -> String {
    match usize::try_from(n)
        .ok()
        .and_then(|n| t("numbers").split(' ').nth(n))
    {
        Some(word) => word.to_owned(),
        None => millrace_engine::base::units::show_count(n),
    }
}

/// The same at the start of a sentence.
pub(crate) fn number_first(n: u64) -> String {
    let word = number(n);
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => word,
    }
}

/// Shows the key itself; each missing key is leaked once.
fn missing(key: &str) -> &'static str {
    use std::cell::RefCell;
    thread_local!(static MISSING: RefCell<SortedMap<String, &'static str>> = RefCell::default());
    MISSING.with_borrow_mut(|known| {
        *known
            .entry(key.to_owned())
            .or_insert_with(|| Box::leak(format!("[{key}]").into_boxed_str()))
    })
}
