//! How wide a text is: the browser measures, tests estimate.

use super::list::Weight;

/// Tells widths of text.
pub trait Measure {
    /// Width of `text` in a font of `size` pixels [px].
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64;
}

/// An estimate after the widths of Inter, a little on the wide side.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate;

impl Measure for Estimate {
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let ems: f64 = text.chars().map(ems).sum();
        let heavier = match weight {
            Weight::Regular => 1.0,
            Weight::Bold => 1.06,
        };
        ems * size * heavier
    }
}

fn ems(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' | ' ' | '.' | ',' | ':' | ';' => 0.30,
        'f' | 'r' | 't' | 'I' | '(' | ')' | '/' | '-' => 0.40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.90,
        '\u{2026}' => 0.90,
        c if c.is_ascii_digit() => 0.63,
        c if c.is_ascii_uppercase() => 0.70,
        c if c.is_ascii() => 0.58,
        _ => 1.0,
    }
}

/// The text, or as much of it as has room, with an ellipsis, and its width; empty if not even that has.
#[must_use]
pub fn fitted(
    measure: &dyn Measure,
    text: &str,
    size: f64,
    weight: Weight,
    room: f64,
) -> (String, f64) {
    let width = measure.width(text, size, weight);
    if width <= room {
        return (text.to_owned(), width);
    }
    // no room of a picture holds more letters than these
    const LETTERS: usize = 160;
    let cuts: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .take(LETTERS)
        .collect();
    let shortened = |letters: usize| format!("{}\u{2026}", text[..cuts[letters]].trim_end());
    // the most letters that fit: widths grow with them
    let fit = (0..cuts.len()).collect::<Vec<_>>();
    let fits =
        fit.partition_point(|letters| measure.width(&shortened(*letters), size, weight) <= room);
    let text = fits.checked_sub(1).map_or_else(String::new, shortened);
    let width = measure.width(&text, size, weight);
    (text, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis() {
        let (whole, _) = fitted(&Estimate, "store-001", 12.0, Weight::Bold, 200.0);
        assert_eq!(whole, "store-001");
        let (short, width) = fitted(
            &Estimate,
            "a very long name indeed",
            12.0,
            Weight::Bold,
            60.0,
        );
        assert!(short.ends_with('\u{2026}'), "{short}");
        assert_eq!(width, Estimate.width(&short, 12.0, Weight::Bold));
        assert!(width <= 60.0);
        let none = (String::new(), 0.0);
        assert_eq!(fitted(&Estimate, "name", 12.0, Weight::Bold, 2.0), none);
    }
}
