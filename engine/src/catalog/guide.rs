//! A service's words, read from its Markdown file: labels, help, Learn text, honesty lists.
//!
//! ```text
//! # Kinesis Data Streams
//! One-sentence summary.
//! ## Fields
//! - shards | Shards | Help as one sentence.
//! ## Learn
//! Paragraphs and lists.
//! ## Modelled / ## Simplified / ## Not modelled
//! - One line each.
//! ```

use crate::base::sorted::SortedMap;

/// Label and help of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldWords {
    /// The name beside the control.
    pub label: String,
    /// One or two sentences.
    pub help: String,
}

/// A paragraph or a list entry of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A third-level heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// An entry of a list.
    Entry(String),
}

/// All words of one service or wire kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guide {
    /// The name.
    pub title: String,
    /// What it is, in one sentence.
    pub summary: String,
    /// By field key.
    pub fields: SortedMap<String, FieldWords>,
    /// The Learn text.
    pub learn: Vec<Block>,
    /// What behaves as at AWS.
    pub modelled: Vec<String>,
    /// What is simplified, and how.
    pub simplified: Vec<String>,
    /// What is left out.
    pub not_modelled: Vec<String>,
}

impl Guide {
    /// Reads a guide; what it does not understand it leaves out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut guide = Self::default();
        let mut section = String::new();
        let mut open = false;
        for line in text.lines().map(str::trim_end) {
            if let Some(title) = line.strip_prefix("# ") {
                title.clone_into(&mut guide.title);
                open = false;
            } else if let Some(name) = line.strip_prefix("## ") {
                name.clone_into(&mut section);
                open = false;
            } else if line.trim().is_empty() {
                open = false;
            } else {
                open = guide.line(&section, line, open);
            }
        }
        guide
    }

    /// Takes one line of a section; returns whether the next line may continue it.
    fn line(&mut self, section: &str, line: &str, open: bool) -> bool {
        let entry = line.strip_prefix("- ");
        match section {
            "" => join(&mut self.summary, line),
            "Fields" => self.field(entry.unwrap_or(line)),
            "Learn" => self.learn(line, entry, open),
            "Modelled" => listed(&mut self.modelled, line, entry),
            "Simplified" => listed(&mut self.simplified, line, entry),
            "Not modelled" => listed(&mut self.not_modelled, line, entry),
            _ => {}
        }
        true
    }

    fn field(&mut self, line: &str) {
        let mut parts = line.splitn(3, '|').map(str::trim);
        if let (Some(key), Some(label), Some(help)) = (parts.next(), parts.next(), parts.next()) {
            let words = FieldWords {
                label: label.to_owned(),
                help: help.to_owned(),
            };
            self.fields.insert(key.to_owned(), words);
        }
    }

    fn learn(&mut self, line: &str, entry: Option<&str>, open: bool) {
        if let Some(heading) = line.strip_prefix("### ") {
            self.learn.push(Block::Heading(heading.to_owned()));
        } else if let Some(entry) = entry {
            self.learn.push(Block::Entry(entry.to_owned()));
        } else {
            match self.learn.last_mut() {
                Some(Block::Paragraph(text) | Block::Entry(text)) if open => join(text, line),
                _ => self.learn.push(Block::Paragraph(line.trim().to_owned())),
            }
        }
    }
}

fn join(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line.trim());
}

fn listed(list: &mut Vec<String>, line: &str, entry: Option<&str>) {
    match (entry, list.last_mut()) {
        (Some(entry), _) => list.push(entry.to_owned()),
        (None, Some(last)) => join(last, line),
        (None, None) => list.push(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_sections() {
        let guide = Guide::parse(
            "# Name\nA summary\non two lines.\n## Fields\n- shards | Shards | How many.\n\
             ## Learn\nFirst\nparagraph.\n\nSecond.\n- entry\n## Modelled\n- one\n  more\n\
             ## Simplified\n- two\n## Not modelled\n- three\n",
        );
        assert_eq!(guide.title, "Name", "title");
        assert_eq!(guide.summary, "A summary on two lines.", "summary");
        assert_eq!(guide.fields["shards"].help, "How many.", "help");
        assert_eq!(
            guide.learn.len(),
            3,
            "two paragraphs and an entry: {:?}",
            guide.learn
        );
        assert_eq!(guide.modelled, ["one more"], "continued lines join");
        assert_eq!(guide.not_modelled, ["three"], "the last list");
    }
}
