//! Patterns of ids: `*` stands for any run of characters, `?` for one.

/// Whether `id` fits `pattern`.
#[must_use]
pub fn fits(pattern: &str, id: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let id: Vec<char> = id.chars().collect();
    let (mut p, mut i) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while i < id.len() {
        if p < pattern.len() && (pattern[p] == '?' || pattern[p] == id[i]) && pattern[p] != '*' {
            p += 1;
            i += 1;
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, i));
            p += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            i = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_and_marks() {
        for (pattern, id, expected) in [
            ("store-*", "store-001", true),
            ("store-*", "stream", false),
            ("*", "", true),
            ("s?ream", "stream", true),
            ("*-00?", "store-004", true),
            ("*a*b", "xaybzb", true),
            ("a*c", "ab", false),
        ] {
            assert_eq!(fits(pattern, id), expected, "{pattern} on {id}");
        }
    }
}
