//! A chart as a picture in a file: twice the pixels, on the theme's ground, with all that says what it shows.
//!
//! ```text
//!  Throughput
//!  black-friday, stream, records a second, Fri 29 Nov 10:00:00 to 10:04:12
//!  ( the chart )
//!  -- out   - - in   -- refused   . . limits
//! ```

use super::chart_canvas::{ChartCanvas, Painter, Picture};
use super::{dom, files};
use millrace_engine::charts::list::{Ink, List, Op, Text, Token};
use millrace_engine::charts::spec::{Chart, Style};
use millrace_engine::charts::table::limit_name;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, HtmlCanvasElement};

/// Width and height of the picture [CSS px].
const SIZE: (f32, f32) = (760.0, 420.0);
/// Pixels in a CSS pixel.
const RATIO: f64 = 2.0;
/// Ground on all sides.
const EDGE: f32 = 16.0;
/// Room for title and caption, and for the legend.
const HEAD: f32 = 48.0;
const FOOT: f32 = 24.0;
/// Length of a line in the legend.
const SAMPLE: f32 = 22.0;

/// What stands over the chart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caption {
    /// What it is.
    pub(crate) title: String,
    /// Of what, in which unit, from when to when.
    pub(crate) under: String,
}

/// Saves a picture in the colours and the font of a canvas.
pub(crate) fn save(
    like: &ChartCanvas,
    picture: &Picture,
    caption: &Caption,
    word: &dyn Fn(&str) -> String,
    name: String,
) {
    let made = dom::document().create_element("canvas").ok();
    let canvas = made.and_then(|made| made.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else {
        return;
    };
    let Some(painter) = like.painter(&canvas, SIZE, RATIO) else {
        return;
    };
    paint(&painter, picture, caption, word);
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            files::save_blob(&name, &blob);
        }
    });
    let _ = canvas.to_blob(done.unchecked_ref());
}

fn paint(painter: &Painter, picture: &Picture, caption: &Caption, word: &dyn Fn(&str) -> String) {
    let (wide, high) = SIZE;
    let mut around = List::default();
    around.rect(0.0, 0.0, wide, high, Ink::full(Token::Panel));
    write(
        &mut around,
        &caption.title,
        (EDGE, EDGE + 8.0),
        (16.0, true),
        Token::Ink,
    );
    write(
        &mut around,
        &caption.under,
        (EDGE, EDGE + 30.0),
        (12.0, false),
        Token::Text,
    );
    match picture {
        Picture::Chart(chart) => legend(&mut around, chart, painter, word),
        Picture::Heat(_) => shades(&mut around, painter, word),
    }
    painter.paint(&around, (0.0, 0.0));
    let room = (wide - 2.0 * EDGE, high - 2.0 * EDGE - HEAD - FOOT);
    let mut list = List::default();
    picture.record(room, painter.measure(), word, &mut list);
    painter.paint(&list, (EDGE, EDGE + HEAD));
}

fn write(
    list: &mut List,
    words: &str,
    (x, y): (f32, f32),
    (size, bold): (f32, bool),
    token: Token,
) {
    list.ops.push(Op::Text(Text {
        x,
        y,
        size,
        bold,
        ink: Ink::full(token),
        words: words.to_owned(),
        ..Text::default()
    }));
}

/// Each line with its name, then the limits.
fn legend(list: &mut List, chart: &Chart, painter: &Painter, word: &dyn Fn(&str) -> String) {
    let lines = chart.series.iter().map(|series| {
        let dash = match series.style {
            Style::Dashed => (6.0, 3.0),
            Style::Dotted => (2.0, 2.0),
            Style::Line | Style::Area | Style::Bars => (SAMPLE, 0.0),
        };
        (series.token, dash, word(series.label))
    });
    let limits = chart.limits.iter().map(|limit| {
        let value = chart.unit.short(limit.value);
        (
            Token::Limit,
            (3.0, 3.0),
            format!("{} {value}", limit_name(limit, word)),
        )
    });
    let y = SIZE.1 - EDGE - 6.0;
    let mut x = EDGE;
    for (token, (dash, gap), name) in lines.chain(limits) {
        let mut at = 0.0;
        while at < SAMPLE {
            let end = (at + dash).min(SAMPLE);
            list.path([(x + at, y), (x + end, y)], 2.0, Ink::full(token));
            at = end + gap;
        }
        write(
            list,
            &name,
            (x + SAMPLE + 6.0, y),
            (12.0, false),
            Token::Text,
        );
        x += SAMPLE + 24.0 + painter.measure().width(&name, 12.0, false);
    }
}

/// What the shades of the heat strip mean.
fn shades(list: &mut List, painter: &Painter, word: &dyn Fn(&str) -> String) {
    let (y, mut x) = (SIZE.1 - EDGE - 6.0, EDGE);
    for (token, key) in [
        (Token::Idle, "chart.shade.idle"),
        (Token::Heat, "chart.shade.under"),
        (Token::Over, "chart.shade.over"),
    ] {
        let name = word(key);
        list.rect(x, y - 6.0, SAMPLE, 12.0, Ink::full(token));
        write(
            list,
            &name,
            (x + SAMPLE + 6.0, y),
            (12.0, false),
            Token::Text,
        );
        x += SAMPLE + 24.0 + painter.measure().width(&name, 12.0, false);
    }
}
