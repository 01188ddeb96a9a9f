//! Paints charts on a canvas: sharp on any screen, and only when what they show has changed.
//!
//! The engine makes a display list; here it becomes calls of a 2d context. Colours are the custom properties of
//! `static/css/charts.css`: `--c-in`, `--c-out`, `--c-refused`, `--c-limit`, `--c-age`, `--c-p50`, `--c-p95`,
//! `--c-p99`, `--c-grid`, `--c-text`, `--c-ink`, `--c-panel`, `--c-cursor`, `--c-idle`, `--c-heat`, `--c-over`. They
//! are read once: make another [`ChartCanvas`] when the theme changes. Text is measured by the context, once a word.

use millrace_engine::base::sorted::SortedMap;
use std::cell::{Cell, RefCell};

use millrace_engine::charts::draw::{self, Drawn};
use millrace_engine::charts::heat::{self, Heat};
use millrace_engine::charts::list::{Anchor, Ink, List, Measure, Op, Text, Token};
use millrace_engine::charts::spec::Chart;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Widths kept at most; numbers come and go, so the store is emptied when it is full.
const WIDTHS_MAX: usize = 4_000;

/// What a canvas shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Picture {
    /// Lines over time.
    Chart(Chart),
    /// Load per shard over time.
    Heat(Heat),
}

impl Picture {
    /// Records it into a list of a size [CSS px]; gives where the plot lies.
    pub(super) fn record(
        &self,
        size: (f32, f32),
        measure: &dyn Measure,
        word: &dyn Fn(&str) -> String,
        list: &mut List,
    ) -> Drawn {
        match self {
            Self::Chart(chart) => draw::record(chart, size, measure, word, list),
            Self::Heat(heat) => heat::record(heat, size, measure, word, list),
        }
    }
}

/// What lies over a picture and moves with the pointer: times [s of the run].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Over {
    /// The shared cursor.
    pub(crate) mark: Option<f64>,
    /// The span that is dragged over.
    pub(crate) span: Option<(f64, f64)>,
}

/// A canvas with the chart that it shows.
#[derive(Debug)]
pub(crate) struct ChartCanvas {
    canvas: HtmlCanvasElement,
    ruler: Ruler,
    colors: Vec<String>,
    list: List,
    shown: Option<Picture>,
    over: Over,
    /// CSS width and height, and device pixels in a CSS pixel.
    size: (f32, f32, f64),
    drawn: Drawn,
}

impl ChartCanvas {
    /// Takes a canvas that stands in the page. None if the browser gives no 2d context.
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let ruler = Ruler::new(context_of(&canvas)?);
        let mut own = Self {
            canvas,
            ruler,
            colors: Vec::new(),
            list: List::default(),
            shown: None,
            over: Over::default(),
            size: (0.0, 0.0, 1.0),
            drawn: Drawn::default(),
        };
        own.colors = colors(&own.canvas);
        own.ruler.restyle(&own.canvas);
        Some(own)
    }

    /// Shows a picture, and what lies over it. `word` gives the text of a key.
    pub(crate) fn show(&mut self, picture: Picture, over: Over, word: &dyn Fn(&str) -> String) {
        if self.fit() || self.shown.as_ref() != Some(&picture) {
            let size = (self.size.0, self.size.1);
            self.drawn = picture.record(size, &self.ruler, word, &mut self.list);
            self.shown = Some(picture);
            self.over = over;
            self.paint();
        } else {
            self.point(over);
        }
    }

    /// Moves what lies over the picture.
    pub(crate) fn point(&mut self, over: Over) {
        if self.over != over {
            self.over = over;
            self.paint();
        }
    }

    /// What it shows.
    pub(crate) fn picture(&self) -> Option<&Picture> {
        self.shown.as_ref()
    }

    /// Where its plot lies, for the pointer.
    pub(crate) fn drawn(&self) -> Drawn {
        self.drawn
    }

    /// Whether its element still stands in the page.
    pub(crate) fn is_in_page(&self) -> bool {
        self.canvas.is_connected()
    }

    /// A painter of the same colours and font on another canvas, which is given its size [CSS px] and so many pixels
    /// in one.
    pub(super) fn painter(
        &self,
        canvas: &HtmlCanvasElement,
        size: (f32, f32),
        ratio: f64,
    ) -> Option<Painter> {
        canvas.set_width((f64::from(size.0) * ratio).round() as u32);
        canvas.set_height((f64::from(size.1) * ratio).round() as u32);
        let context = context_of(canvas)?;
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        let mut ruler = Ruler::new(context);
        ruler.family.clone_from(&self.ruler.family);
        Some(Painter {
            ruler,
            colors: self.colors.clone(),
        })
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
        paint(&self.ruler, &self.colors, &self.list);
        if self.over != Over::default() {
            paint(&self.ruler, &self.colors, &self.cover());
        }
    }

    /// What lies over the picture, as a picture.
    fn cover(&self) -> List {
        let mut list = List::default();
        let Drawn {
            left,
            right,
            top,
            bottom,
            x,
            ..
        } = self.drawn;
        let column = |at: f64| {
            let inside = at.clamp(x.from, x.to.max(x.from));
            self.drawn.x_at(inside).map(|x| x.clamp(left, right))
        };
        if let Some((from, to)) = self.over.span
            && let Some((from, to)) = column(from).zip(column(to))
        {
            let ink = Ink {
                token: Token::Cursor,
                alpha: 0.18,
            };
            list.rect(from, top, to - from, bottom - top, ink);
        }
        if let Some(x) = self.over.mark.and_then(|at| self.drawn.x_at(at)) {
            let x = x.floor() + 0.5;
            list.path([(x, top), (x, bottom)], 1.0, Ink::full(Token::Ink));
        }
        list
    }
}

/// Paints pictures for a file.
pub(super) struct Painter {
    ruler: Ruler,
    colors: Vec<String>,
}

impl Painter {
    /// Paints a picture with its corner at a place [CSS px].
    pub(super) fn paint(&self, list: &List, (x, y): (f32, f32)) {
        let context = &self.ruler.context;
        context.save();
        let _ = context.translate(f64::from(x), f64::from(y));
        paint(&self.ruler, &self.colors, list);
        context.restore();
        self.ruler.font.set(None); // restored with the rest
    }

    /// Measures as it paints.
    pub(super) fn measure(&self) -> &dyn Measure {
        &self.ruler
    }
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let context = canvas.get_context("2d").ok().flatten()?;
    context.dyn_into().ok()
}

fn paint(ruler: &Ruler, colors: &[String], list: &List) {
    ruler.context.set_line_join("round");
    ruler.context.set_text_baseline("middle");
    let mut brush = Brush {
        ruler,
        colors,
        filled: None,
        stroked: None,
        alpha: None,
        open: false,
    };
    for op in &list.ops {
        brush.op(list, op);
    }
    brush.finish();
}

/// Remembers what the context is set to: setting a colour from a string is the dear part of a call.
struct Brush<'a> {
    ruler: &'a Ruler,
    colors: &'a [String],
    filled: Option<Ink>,
    stroked: Option<(Ink, f32)>,
    alpha: Option<f32>,
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
        self.cover(ink.alpha);
    }

    fn cover(&mut self, alpha: f32) {
        if self.alpha != Some(alpha) {
            self.ruler.context.set_global_alpha(f64::from(alpha));
            self.alpha = Some(alpha);
        }
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
        self.cover(alpha);
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
type Widths = SortedMap<(u16, bool), SortedMap<String, f32>>;

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
