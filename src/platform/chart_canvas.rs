//! Paints charts on a canvas: sharp on any screen, and only when what they show has changed.
//!
//! The engine makes a display list; here it becomes calls of a 2d context. Colours are the custom properties of
//! `static/css/charts.css`: `--c-in`, `--c-out`, `--c-refused`, `--c-limit`, `--c-age`, `--c-p50`, `--c-p95`,
//! `--c-p99`, `--c-grid`, `--c-text`, `--c-ink`, `--c-panel`, `--c-cursor`, `--c-idle`, `--c-heat`, `--c-over`. They
//! are read once a theme: call [`ChartCanvas::restyle`] when it changes. Text is measured by the context, once a word.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use millrace_engine::charts::draw::{self, Drawn};
use millrace_engine::charts::heat::{self, Heat};
use millrace_engine::charts::list::{Anchor, Ink, List, Measure, Op, Text, Token};
use millrace_engine::charts::spec::Chart;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Widths kept at most; numbers come and go, so the store is emptied when it is full.
const WIDTHS_MAX: usize = 4_000;

/// A canvas with the chart that it shows.
#[derive(Debug)]
pub(crate) struct ChartCanvas {
    canvas: HtmlCanvasElement,
    ruler: Ruler,
    colors: Vec<String>,
    list: List,
    shown: Option<Shown>,
    /// CSS width and height, and device pixels in a CSS pixel.
    size: (f32, f32, f64),
    drawn: Drawn,
}

#[derive(Debug, PartialEq)]
enum Shown {
    Chart(Chart),
    Heat(Heat),
}

impl ChartCanvas {
    /// Takes a canvas that stands in the page. None if the browser gives no 2d context.
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok().flatten()?;
        let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let mut own = Self {
            canvas,
            ruler: Ruler::new(context),
            colors: Vec::new(),
            list: List::default(),
            shown: None,
            size: (0.0, 0.0, 1.0),
            drawn: Drawn::default(),
        };
        own.restyle();
        Some(own)
    }

    /// Reads colours and font from the page's style again; the next chart is painted whether or not it changed.
    pub(crate) fn restyle(&mut self) {
        self.colors = colors(&self.canvas);
        self.ruler.restyle(&self.canvas);
        self.shown = None;
    }

    /// Shows a chart. `word` gives the text of a key. Returns where its plot lies, for the pointer.
    pub(crate) fn chart(&mut self, chart: &Chart, word: &dyn Fn(&str) -> String) -> Drawn {
        let same = matches!(&self.shown, Some(Shown::Chart(shown)) if shown == chart);
        if self.fit() || !same {
            let size = (self.size.0, self.size.1);
            self.drawn = draw::record(chart, size, &self.ruler, word, &mut self.list);
            self.paint();
            self.shown = Some(Shown::Chart(chart.clone()));
        }
        self.drawn
    }

    /// Shows a heat strip.
    pub(crate) fn heat(&mut self, heat: &Heat, word: &dyn Fn(&str) -> String) -> Drawn {
        let same = matches!(&self.shown, Some(Shown::Heat(shown)) if shown == heat);
        if self.fit() || !same {
            let size = (self.size.0, self.size.1);
            self.drawn = heat::record(heat, size, &self.ruler, word, &mut self.list);
            self.paint();
            self.shown = Some(Shown::Heat(heat.clone()));
        }
        self.drawn
    }

    /// The picture as it was painted, for a file.
    #[expect(dead_code, reason = "saving a chart as a picture reads it")]
    pub(crate) fn list(&self) -> &List {
        &self.list
    }

    /// The colour of a token in the present theme, for a file.
    #[expect(dead_code, reason = "saving a chart as a picture reads it")]
    pub(crate) fn color(&self, token: Token) -> String {
        self.colors.get(token.index()).cloned().unwrap_or_default()
    }

    /// Gives the canvas as many pixels as its box needs; true if that changed, which also empties it.
    fn fit(&mut self) -> bool {
        // More than three device pixels a pixel cost raster and show nothing.
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
        let ratio = ratio.clamp(1.0, 3.0);
        let wide = self.canvas.client_width() as f32;
        let high = self.canvas.client_height() as f32;
        if self.size == (wide, high, ratio) {
            return false;
        }
        self.size = (wide, high, ratio);
        self.canvas
            .set_width((f64::from(wide) * ratio).round() as u32);
        self.canvas
            .set_height((f64::from(high) * ratio).round() as u32);
        self.ruler.font.set(None); // a new size resets the context
        true
    }

    fn paint(&self) {
        let context = &self.ruler.context;
        let (wide, high, ratio) = self.size;
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, f64::from(wide), f64::from(high));
        context.set_line_join("round");
        context.set_text_baseline("middle");
        let mut brush = Brush {
            ruler: &self.ruler,
            colors: &self.colors,
            filled: None,
            stroked: None,
            open: false,
        };
        for op in &self.list.ops {
            brush.op(&self.list, op);
        }
        brush.finish();
    }
}

/// Remembers what the context is set to: setting a colour from a string is the dear part of a call.
struct Brush<'a> {
    ruler: &'a Ruler,
    colors: &'a [String],
    filled: Option<Ink>,
    stroked: Option<(Ink, f32)>,
    open: bool,
}

impl Brush<'_> {
    fn op(&mut self, list: &List, op: &Op) {
        let context = &self.ruler.context;
        match op {
            Op::Path {
                from,
                to,
                width,
                ink,
            } => {
                self.stroke(*ink, *width);
                trace(context, list.points_of(*from, *to));
            }
            Op::Fill { from, to, ink } => {
                self.fill(*ink);
                context.begin_path();
                trace(context, list.points_of(*from, *to));
                context.fill();
            }
            Op::Rect { x, y, w, h, ink } => {
                self.fill(*ink);
                let [x, y, w, h] = [*x, *y, *w, *h].map(f64::from);
                context.fill_rect(x, y, w, h);
            }
            Op::Disc { x, y, r, ink } => {
                self.fill(*ink);
                context.begin_path();
                let [x, y, r] = [*x, *y, *r].map(f64::from);
                let _ = context.arc(x, y, r, 0.0, std::f64::consts::TAU);
                context.fill();
            }
            Op::Text(text) => self.text(text),
        }
    }

    fn text(&mut self, text: &Text) {
        self.fill(text.ink);
        self.ruler.use_font(text.size, text.bold);
        let context = &self.ruler.context;
        context.set_text_align(match text.anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        // "middle" is the middle of small letters' box; digits stand a little higher.
        let y = f64::from(text.y + text.size * 0.06);
        let _ = context.fill_text(&text.words, f64::from(text.x), y);
    }

    /// Makes ready to fill; neighbouring lines end here.
    fn fill(&mut self, ink: Ink) {
        self.finish();
        if self.filled != Some(ink) {
            self.ruler.context.set_fill_style_str(self.color(ink));
            self.filled = Some(ink);
        }
        self.ruler.context.set_global_alpha(f64::from(ink.alpha));
    }

    /// Makes ready to add a line; lines of one ink and width share one stroke.
    fn stroke(&mut self, ink: Ink, width: f32) {
        if self.open && self.stroked == Some((ink, width)) {
            return;
        }
        self.finish();
        let context = &self.ruler.context;
        if self.stroked != Some((ink, width)) {
            context.set_stroke_style_str(self.color(ink));
            context.set_line_width(f64::from(width));
            self.stroked = Some((ink, width));
        }
        context.begin_path();
        self.open = true;
    }

    fn finish(&mut self) {
        if !self.open {
            return;
        }
        let alpha = self.stroked.map_or(1.0, |(ink, _)| ink.alpha);
        self.ruler.context.set_global_alpha(f64::from(alpha));
        self.ruler.context.stroke();
        self.open = false;
    }

    fn color(&self, ink: Ink) -> &str {
        self.colors
            .get(ink.token.index())
            .map_or("", String::as_str)
    }
}

fn trace(context: &CanvasRenderingContext2d, points: &[(f32, f32)]) {
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 {
            context.move_to(f64::from(*x), f64::from(*y));
        } else {
            context.line_to(f64::from(*x), f64::from(*y));
        }
    }
}

/// Widths by font size in eighths of a pixel and weight, then by word, so that a look-up copies no text.
type Widths = BTreeMap<(u16, bool), BTreeMap<String, f32>>;

/// Measures by the context and remembers.
#[derive(Debug)]
struct Ruler {
    context: CanvasRenderingContext2d,
    family: String,
    font: Cell<Option<(u16, bool)>>,
    widths: RefCell<Widths>,
}

impl Ruler {
    fn new(context: CanvasRenderingContext2d) -> Self {
        Self {
            context,
            family: "sans-serif".to_owned(),
            font: Cell::new(None),
            widths: RefCell::default(),
        }
    }

    fn restyle(&mut self, canvas: &HtmlCanvasElement) {
        let family = computed(canvas, "font-family");
        self.family = family.unwrap_or_else(|| "sans-serif".to_owned());
        self.font.set(None);
        self.widths.borrow_mut().clear();
    }

    fn use_font(&self, size: f32, bold: bool) {
        let font = (eighths(size), bold);
        if self.font.replace(Some(font)) != Some(font) {
            let weight = if bold { "600 " } else { "" };
            self.context
                .set_font(&format!("{weight}{size}px {}", self.family));
        }
    }
}

fn eighths(size: f32) -> u16 {
    (size * 8.0).round() as u16
}

impl Measure for Ruler {
    fn width(&self, words: &str, size: f32, bold: bool) -> f32 {
        let font = (eighths(size), bold);
        let mut widths = self.widths.borrow_mut();
        let own = widths.entry(font).or_default();
        if let Some(width) = own.get(words) {
            return *width;
        }
        self.use_font(size, bold);
        let measured = self.context.measure_text(words);
        let width = measured.map_or(0.0, |measured| measured.width()) as f32;
        if own.len() >= WIDTHS_MAX {
            own.clear();
        }
        own.insert(words.to_owned(), width);
        width
    }
}

/// The colours of all tokens, resolved: a custom property itself would come back as `light-dark(...)`, unread.
fn colors(canvas: &HtmlCanvasElement) -> Vec<String> {
    let style = canvas.style();
    let colors = Token::ALL.iter().map(|token| {
        let _ = style.set_property("color", &format!("var({})", token.property()));
        computed(canvas, "color").unwrap_or_else(|| "gray".to_owned())
    });
    let colors = colors.collect();
    let _ = style.remove_property("color");
    colors
}

fn computed(canvas: &HtmlCanvasElement, property: &str) -> Option<String> {
    let style = web_sys::window()?.get_computed_style(canvas).ok()??;
    let value = style.get_property_value(property).ok()?;
    (!value.is_empty()).then_some(value)
}
