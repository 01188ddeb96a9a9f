//! Texts by key, as they lie in files of `key = text` lines: another language is another file.

use crate::base::sorted::SortedMap;

/// Texts by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    by_key: SortedMap<String, String>,
}

impl Table {
    /// Reads `key = text` lines; what it does not understand it leaves out, and lines that begin
    /// with `#`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let by_key = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .map(|(key, text)| (key.trim().to_owned(), text.trim().to_owned()))
            .collect();
        Self { by_key }
    }

    /// Lays another table over this one: keys that it lacks stay as they are.
    pub fn extend(&mut self, over: Self) {
        self.by_key.extend(over.by_key);
    }

    /// The text under a key, if there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.by_key.get(key).map(String::as_str)
    }

    /// The text under a key; a key without text is read out with blanks for its marks.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.find(key).map_or_else(
            || {
                let tail = key.rsplit('.').next().unwrap_or(key);
                tail.replace(['_', '-'], " ")
            },
            str::to_owned,
        )
    }

    /// The text under a key with `{name}`s filled in.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.get(key);
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_filled_and_laid_over() {
        let mut table = Table::parse("# no = text\na.b = {n} of {n}, {m} \nnothing\n x=y=z");
        let filled = table.fill("a.b", &[("n", "3"), ("m", "4")]);
        assert_eq!(filled, "3 of 3, 4");
        assert_eq!(table.find("x"), Some("y=z"));
        assert_eq!(table.get("reason.no-text_here"), "no text here");
        table.extend(Table::parse("x = other"));
        assert_eq!(
            (table.get("x"), table.get("a.b")),
            ("other".to_owned(), "{n} of {n}, {m}".to_owned())
        );
    }
}
