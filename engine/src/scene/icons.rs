//! The line drawings of `static/icons`, as path data of 24 units, compiled in.
//!
//! The table is made from the files when the engine is built: a new service brings its file and
//! nothing else. A service without a file is shown as a plain square.

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// The width and height that the drawings are made in.
pub const SIZE: f64 = 24.0;
/// The width of their strokes.
pub const STROKE: f64 = 1.75;
/// A square for what has no drawing.
const PLAIN: &str = "M5 5h14v14H5z";

/// The strokes of a service's drawing.
#[must_use]
pub fn paths(id: &str) -> Vec<String> {
    let svg = ICONS
        .iter()
        .find(|(name, _)| *name == id)
        .map(|(_, svg)| svg);
    let found = svg.map(|svg| strokes(svg)).unwrap_or_default();
    if found.is_empty() {
        vec![PLAIN.to_owned()]
    } else {
        found
    }
}

/// Path data of all shapes of a simple SVG file.
fn strokes(svg: &str) -> Vec<String> {
    svg.split('<')
        .filter_map(|tag| {
            let name = tag.split([' ', '\n', '/', '>']).next()?;
            match name {
                "path" => text(tag, "d").map(str::to_owned),
                "circle" => Some(ellipse(tag, "r", "r")),
                "ellipse" => Some(ellipse(tag, "rx", "ry")),
                "rect" => Some(rect(tag)),
                "line" => Some(line(tag)),
                "polyline" => text(tag, "points").map(|points| format!("M{points}")),
                "polygon" => text(tag, "points").map(|points| format!("M{points}z")),
                _ => None,
            }
        })
        .collect()
}

/// The value of an attribute.
fn text<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        if before.ends_with(char::is_whitespace)
            && let Some(value) = after.strip_prefix("=\"")
        {
            return value.split('"').next();
        }
        rest = after;
    }
}

fn number(tag: &str, name: &str) -> f64 {
    text(tag, name)
        .and_then(|value| value.parse().ok())
        .unwrap_or(0.0)
}

fn ellipse(tag: &str, rx: &str, ry: &str) -> String {
    let (x, y) = (number(tag, "cx"), number(tag, "cy"));
    let (rx, ry) = (number(tag, rx), number(tag, ry));
    let (left, right) = (x - rx, x + rx);
    format!("M{left} {y}A{rx} {ry} 0 0 1 {right} {y}A{rx} {ry} 0 0 1 {left} {y}z")
}

fn rect(tag: &str) -> String {
    let (x, y) = (number(tag, "x"), number(tag, "y"));
    let (w, h, r) = (
        number(tag, "width"),
        number(tag, "height"),
        number(tag, "rx"),
    );
    if r <= 0.0 {
        return format!("M{x} {y}h{w}v{h}h-{w}z");
    }
    let (a, b) = (w - 2.0 * r, h - 2.0 * r);
    let turn = |x: &str, y: &str| format!("a{r} {r} 0 0 1 {x}{r} {y}{r}");
    format!(
        "M{} {y}h{a}{}v{b}{}h-{a}{}v-{b}{}z",
        x + r,
        turn("", ""),
        turn("-", ""),
        turn("-", "-"),
        turn("", "-")
    )
}

fn line(tag: &str) -> String {
    let at = |name| number(tag, name);
    format!("M{} {}L{} {}", at("x1"), at("y1"), at("x2"), at("y2"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_become_paths() {
        let svg = r#"<svg viewBox="0 0 24 24"><path id="x" d="M1 2h3"/><circle cx="5" cy="6" r="2"/>
            <rect x="1" y="2" width="3" height="4"/><line x1="1" y1="2" x2="3" y2="4"/></svg>"#;
        let got = strokes(svg);
        assert_eq!(got.len(), 4, "{got:?}");
        assert_eq!(got[0], "M1 2h3");
        assert_eq!(got[1], "M3 6A2 2 0 0 1 7 6A2 2 0 0 1 3 6z");
        assert_eq!(got[2], "M1 2h3v4h-3z");
        assert_eq!(got[3], "M1 2L3 4");
    }

    #[test]
    fn every_service_has_a_drawing_of_its_own() {
        for kind in crate::services::ServiceKind::ALL {
            let id = kind.entry().id;
            assert!(
                ICONS.iter().any(|(name, _)| *name == id),
                "static/icons/{id}.svg is missing"
            );
            assert_ne!(paths(id), [PLAIN], "static/icons/{id}.svg has no shape");
        }
    }
}
