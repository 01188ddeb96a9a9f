//! The display list: a picture as plain operations, in CSS pixels, with tokens for colours.

/// A colour by what it means; the page looks it up in its theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Token {
    /// What asks to come in.
    In,
    /// What went through.
    Out,
    /// What was refused.
    Refused,
    /// A limit.
    Limit,
    /// The age of what waits.
    Age,
    /// The median.
    P50,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// Grid lines.
    Grid,
    /// Small text.
    #[default]
    Text,
    /// Text that matters.
    Ink,
    /// The ground under the chart.
    Panel,
    /// The cursor.
    Cursor,
    /// A cell of the heat strip that has nothing to do.
    Idle,
    /// A cell of the heat strip under its limit.
    Heat,
    /// A cell of the heat strip over its limit.
    Over,
}

impl Token {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 16] = [
        Self::In,
        Self::Out,
        Self::Refused,
        Self::Limit,
        Self::Age,
        Self::P50,
        Self::P95,
        Self::P99,
        Self::Grid,
        Self::Text,
        Self::Ink,
        Self::Panel,
        Self::Cursor,
        Self::Idle,
        Self::Heat,
        Self::Over,
    ];

    /// The CSS custom property that holds it.
    #[must_use]
    pub fn property(self) -> &'static str {
        match self {
            Self::In => "--c-in",
            Self::Out => "--c-out",
            Self::Refused => "--c-refused",
            Self::Limit => "--c-limit",
            Self::Age => "--c-age",
            Self::P50 => "--c-p50",
            Self::P95 => "--c-p95",
            Self::P99 => "--c-p99",
            Self::Grid => "--c-grid",
            Self::Text => "--c-text",
            Self::Ink => "--c-ink",
            Self::Panel => "--c-panel",
            Self::Cursor => "--c-cursor",
            Self::Idle => "--c-idle",
            Self::Heat => "--c-heat",
            Self::Over => "--c-over",
        }
    }

    /// Its number.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A colour and how much of it covers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ink {
    /// The colour.
    pub token: Token,
    /// How much it covers, 0..1.
    pub alpha: f32,
}

impl Ink {
    /// The full colour.
    #[must_use]
    pub fn full(token: Token) -> Self {
        Self { token, alpha: 1.0 }
    }
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Written text; it is centred on `y`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text {
    /// Place of the anchor, from the left.
    pub x: f32,
    /// Its middle line, from the top.
    pub y: f32,
    /// Height of the font.
    pub size: f32,
    /// Whether it is bold.
    pub bold: bool,
    /// Which end stands at `x`.
    pub anchor: Anchor,
    /// Its colour.
    pub ink: Ink,
    /// The words.
    pub words: String,
}

/// One operation; points lie in the list, `from..to`.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A line through points. Neighbours of the same ink and width may be drawn in one stroke.
    Path {
        /// First point.
        from: u32,
        /// After the last point.
        to: u32,
        /// Width of the line.
        width: f32,
        /// Its colour.
        ink: Ink,
    },
    /// A filled polygon.
    Fill {
        /// First point.
        from: u32,
        /// After the last point.
        to: u32,
        /// Its colour.
        ink: Ink,
    },
    /// A filled rectangle.
    Rect {
        /// Left edge.
        x: f32,
        /// Top edge.
        y: f32,
        /// Width.
        w: f32,
        /// Height.
        h: f32,
        /// Its colour.
        ink: Ink,
    },
    /// A filled disc.
    Disc {
        /// Its centre from the left.
        x: f32,
        /// Its centre from the top.
        y: f32,
        /// Its radius.
        r: f32,
        /// Its colour.
        ink: Ink,
    },
    /// Text.
    Text(Text),
}

/// A picture. It is cleared and filled again, so that it keeps its memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// Width [CSS px].
    pub width: f32,
    /// Height [CSS px].
    pub height: f32,
    /// What to draw, in order.
    pub ops: Vec<Op>,
    /// Points of paths and polygons.
    pub points: Vec<(f32, f32)>,
}

impl List {
    /// Empties the list for a picture of this size.
    pub fn clear(&mut self, width: f32, height: f32) {
        self.width = width;
        self.height = height;
        self.ops.clear();
        self.points.clear();
    }

    /// Adds a line through points; fewer than two draw nothing.
    pub fn path(&mut self, points: impl IntoIterator<Item = (f32, f32)>, width: f32, ink: Ink) {
        let (from, to) = self.keep(points);
        if to > from + 1 {
            self.ops.push(Op::Path {
                from,
                to,
                width,
                ink,
            });
        }
    }

    /// Adds a filled polygon.
    pub fn fill(&mut self, points: impl IntoIterator<Item = (f32, f32)>, ink: Ink) {
        let (from, to) = self.keep(points);
        if to > from + 2 {
            self.ops.push(Op::Fill { from, to, ink });
        }
    }

    /// Adds a filled rectangle.
    pub fn rect(&mut self, x: f32, y: f32, w: f32, h: f32, ink: Ink) {
        if w > 0.0 && h > 0.0 {
            self.ops.push(Op::Rect { x, y, w, h, ink });
        }
    }

    /// The points of a path or polygon.
    #[must_use]
    pub fn points_of(&self, from: u32, to: u32) -> &[(f32, f32)] {
        self.points.get(from as usize..to as usize).unwrap_or(&[])
    }

    fn keep(&mut self, points: impl IntoIterator<Item = (f32, f32)>) -> (u32, u32) {
        let from = self.points.len() as u32;
        self.points.extend(points);
        (from, self.points.len() as u32)
    }
}

/// Measures text; the page asks its canvas, tests estimate.
pub trait Measure {
    /// Width of the words at this font height [CSS px].
    fn width(&self, words: &str, size: f32, bold: bool) -> f32;
}

/// Widths as a common sans-serif has them, for where there is no screen: tests and exported files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate;

impl Measure for Estimate {
    fn width(&self, words: &str, size: f32, bold: bool) -> f32 {
        let em: f32 = words.chars().map(em).sum();
        em * size * if bold { 1.08 } else { 1.0 }
    }
}

fn em(c: char) -> f32 {
    match c {
        'i' | 'l' | 'j' | '.' | ',' | ':' | '\'' | '|' | ' ' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '/' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' => 0.95,
        'A'..='Z' => 0.7,
        _ => 0.62,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_has_its_own_number_and_property() {
        for (at, token) in Token::ALL.into_iter().enumerate() {
            assert_eq!(token.index(), at);
            let same = Token::ALL
                .iter()
                .filter(|o| o.property() == token.property());
            assert_eq!(same.count(), 1);
        }
    }

    #[test]
    fn lines_of_one_point_and_empty_rectangles_draw_nothing() {
        let mut list = List::default();
        list.path([(1.0, 1.0)], 1.0, Ink::default());
        list.rect(1.0, 1.0, 0.0, 3.0, Ink::default());
        assert!(list.ops.is_empty());
    }
}
