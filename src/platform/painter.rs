//! Paints a display list of the scene on two stacked canvases.
//!
//! ```text
//! resting canvas   repainted when its operations, the theme or the size differ from what it shows
//! moving canvas    repainted when its operations differ; transparent, lies above
//! ```
//! Raster is the cost, not the calls: what rests keeps its own canvas, marks are squares on whole pixels, and a colour
//! or font is set only where it changes (runs of squares are put in order of colour, texts in order of font).

use super::strings::{Context, Strings, font};
use millrace_engine::base::sorted::SortedMap;
use std::cell::RefCell;

use millrace_engine::scene::Camera;
use millrace_engine::scene::list::{Align, DisplayList, Op, Stroke, Weight};
use millrace_engine::scene::measure::Measure;
use millrace_engine::scene::order::Order;
use millrace_engine::scene::shapes::{Point, Rect};
use millrace_engine::scene::squares::Squares;
use millrace_engine::scene::svg::dots;
use millrace_engine::scene::theme::{Ink, Theme, Tone};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

/// Widths kept at most; the store is emptied when it is full.
const WIDTHS_MAX: usize = 4_000;
/// Text is measured once at this size; other sizes are in proportion [px].
const MEASURED_AT: f64 = 64.0;
/// Largest device pixels in a CSS pixel: more cannot be seen and costs raster.
const RATIO_MAX: f64 = 3.0;

/// The two canvases.
#[derive(Debug)]
pub(crate) struct Painter {
    /// The resting one and the moving one.
    layers: [Layer; 2],
    ruler: Ruler,
    kit: Kit,
    size: (f64, f64, f64),
    /// What the canvases show, and in which theme; without one what they show does not count.
    shown: DisplayList,
    under: Option<Theme>,
}

/// What both layers paint with.
#[derive(Debug, Default)]
struct Kit {
    icons: SortedMap<&'static str, Vec<Path2d>>,
    squares: Squares,
    order: Order,
    strings: Strings,
}

impl Painter {
    /// Takes two canvases that stand in the page, the second above the first. None without 2d contexts.
    pub(crate) fn new(resting: HtmlCanvasElement, moving: HtmlCanvasElement) -> Option<Self> {
        let ruler = Ruler::new(context(&moving)?);
        Some(Self {
            layers: [Layer::new(resting)?, Layer::new(moving)?],
            ruler,
            kit: Kit::default(),
            size: (0.0, 0.0, 1.0),
            shown: DisplayList::default(),
            under: None,
        })
    }

    /// What measures text with the fonts of the canvases.
    pub(crate) fn ruler(&self) -> &Ruler {
        &self.ruler
    }

    /// The size of the stage [CSS px].
    pub(crate) fn size(&self) -> (f64, f64) {
        (self.size.0, self.size.1)
    }

    /// The camera with the size of the stage.
    pub(crate) fn camera(&self) -> Camera {
        Camera::new(self.size.0, self.size.1)
    }

    /// Sets size and device pixels in a CSS pixel; returns whether they changed.
    pub(crate) fn resize(&mut self, css_width: f64, css_height: f64, ratio: f64) -> bool {
        let size = (css_width, css_height, ratio.clamp(1.0, RATIO_MAX));
        if size == self.size {
            return false;
        }
        self.size = size;
        for layer in &mut self.layers {
            layer.resize(size);
        }
        self.under = None;
        true
    }

    /// Forgets what the canvases show: fonts came, or a context was lost.
    pub(crate) fn refresh(&mut self) {
        self.ruler.widths.take();
        self.under = None;
    }

    /// Paints what differs from what is shown, and keeps it; what was shown before is given back, for its buffers.
    pub(crate) fn paint(&mut self, list: &mut DisplayList, theme: Theme) {
        let same = self.under == Some(theme);
        let [resting, moving] = &mut self.layers;
        if !same || self.shown.resting != list.resting {
            resting.paint(&list.resting, theme, &mut self.kit, Some(Tone::Ground));
        }
        if !same || self.shown.moving != list.moving {
            moving.paint(&list.moving, theme, &mut self.kit, None);
        }
        self.under = Some(theme);
        std::mem::swap(&mut self.shown, list);
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<Context> {
    let context = canvas.get_context("2d").ok().flatten()?;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    Some(context.unchecked_into())
}

/// Widths of text by the browser, each measured once. Figures are tabular, so that all digits count as one.
#[derive(Debug)]
pub(crate) struct Ruler {
    context: Context,
    /// Regular and bold, by text with digits made equal, at the size measured.
    widths: RefCell<[SortedMap<String, f64>; 2]>,
    /// The text that is looked up.
    alike: RefCell<String>,
}

impl Ruler {
    fn new(context: Context) -> Self {
        Self {
            context,
            widths: RefCell::default(),
            alike: RefCell::default(),
        }
    }

    fn measured(&self, text: &str, weight: Weight) -> f64 {
        self.context.save();
        self.context.set_font(&font(MEASURED_AT, weight));
        let width = self
            .context
            .measure_text(text)
            .map_or(0.0, |metrics| metrics.width());
        self.context.restore();
        width
    }
}

impl Measure for Ruler {
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let mut alike = self.alike.borrow_mut();
        alike.clear();
        alike.extend(
            text.chars()
                .map(|c| if c.is_ascii_digit() { '0' } else { c }),
        );
        let mut widths = self.widths.borrow_mut();
        let own = &mut widths[usize::from(weight == Weight::Bold)];
        let known = own.get(alike.as_str()).copied();
        let width = known.unwrap_or_else(|| {
            if own.len() >= WIDTHS_MAX {
                own.clear();
            }
            let width = self.measured(&alike, weight);
            own.insert(alike.clone(), width);
            width
        });
        width * size / MEASURED_AT
    }
}

#[derive(Debug)]
struct Layer {
    canvas: HtmlCanvasElement,
    context: Context,
    size: (f64, f64, f64),
}

impl Layer {
    fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = context(&canvas)?;
        Some(Self {
            canvas,
            context,
            size: (0.0, 0.0, 1.0),
        })
    }

    fn resize(&mut self, size: (f64, f64, f64)) {
        let (width, height, ratio) = size;
        self.size = size;
        self.canvas.set_width((width * ratio).round() as u32);
        self.canvas.set_height((height * ratio).round() as u32);
        let style = self.canvas.style();
        let _ = style.set_property("width", &format!("{width}px"));
        let _ = style.set_property("height", &format!("{height}px"));
    }

    fn paint(&self, ops: &[Op], theme: Theme, kit: &mut Kit, ground: Option<Tone>) {
        let (width, height, ratio) = self.size;
        let context = &self.context;
        let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        let mut brush = Brush::new(context, theme, kit);
        match ground {
            Some(tone) => {
                brush.fill(tone.into());
                context.fill_rect(0.0, 0.0, width, height);
            }
            None => context.clear_rect(0.0, 0.0, width, height),
        }
        let is_square = |op: &Op| matches!(op, Op::Rect { .. });
        let mut rest = ops;
        while !rest.is_empty() {
            let run = rest.iter().take_while(|op| is_square(op)).count();
            if run > 1 {
                brush.squares(&rest[..run]);
                rest = &rest[run..];
                continue;
            }
            let next = rest.windows(2).position(|two| two.iter().all(is_square));
            let (stretch, behind) = rest.split_at(next.unwrap_or(rest.len()));
            brush.stretch(stretch, (width, height));
            rest = behind;
        }
    }
}

/// A context with the colours and fonts that it has, so that each is set only where it changes.
struct Brush<'a> {
    context: &'a Context,
    theme: Theme,
    kit: &'a mut Kit,
    filled: Option<Ink>,
    stroked: Option<Ink>,
    dashed: bool,
    font: Option<(f64, Weight)>,
    align: Option<Align>,
}

impl<'a> Brush<'a> {
    fn new(context: &'a Context, theme: Theme, kit: &'a mut Kit) -> Self {
        context.set_line_cap("round");
        context.set_line_join("round");
        let _ = context.set_line_dash(&js_sys::Array::new());
        Self {
            context,
            theme,
            kit,
            filled: None,
            stroked: None,
            dashed: false,
            font: None,
            align: None,
        }
    }

    fn fill(&mut self, ink: Ink) {
        if self.filled != Some(ink) {
            self.context
                .fill_with(self.kit.strings.ink(ink, self.theme));
            self.filled = Some(ink);
        }
    }

    fn stroke(&mut self, stroke: Stroke) {
        if self.stroked != Some(stroke.ink) {
            let colour = self.kit.strings.ink(stroke.ink, self.theme);
            self.context.stroke_with(colour);
            self.stroked = Some(stroke.ink);
        }
        self.context.set_line_width(stroke.width);
        if self.dashed != stroke.dashed {
            let dash = js_sys::Array::new();
            if stroke.dashed {
                dash.push(&JsValue::from_f64(4.0));
                dash.push(&JsValue::from_f64(4.0));
            }
            let _ = self.context.set_line_dash(&dash);
            self.dashed = stroke.dashed;
        }
    }

    /// A run of squares in order of colour; rims (the colour of cards) first, so that they lie below.
    fn squares(&mut self, ops: &[Op]) {
        let mut squares = std::mem::take(&mut self.kit.squares);
        squares.take(ops);
        squares.paint(|ink, rect| {
            self.fill(ink);
            self.context.fill_rect(rect.x, rect.y, rect.w, rect.h);
        });
        self.kit.squares = squares;
    }

    /// What lies between two runs of squares.
    fn stretch(&mut self, ops: &[Op], size: (f64, f64)) {
        let mut order = std::mem::take(&mut self.kit.order);
        order.paint(ops, |op| self.op(op, size));
        self.kit.order = order;
    }

    fn op(&mut self, op: &Op, size: (f64, f64)) {
        match op {
            Op::Dots { at, step, ink } => self.dots(*at, *step, *ink, size),
            Op::RoundRect {
                rect,
                radius,
                fill,
                stroke,
                shadow,
            } => self.round(*rect, *radius, (*fill, *stroke), *shadow),
            Op::Rect { rect, fill } => {
                self.fill(*fill);
                self.context.fill_rect(rect.x, rect.y, rect.w, rect.h);
            }
            Op::Line { from, to, stroke } => self.path(&[*from, *to], false, None, Some(*stroke)),
            Op::Bezier { cubic, stroke } => {
                self.stroke(*stroke);
                self.context.begin_path();
                self.context.move_to(cubic.from.x, cubic.from.y);
                let (c1, c2, to) = (cubic.c1, cubic.c2, cubic.to);
                self.context
                    .bezier_curve_to(c1.x, c1.y, c2.x, c2.y, to.x, to.y);
                self.context.stroke();
            }
            Op::Polyline {
                points,
                closed,
                fill,
                stroke,
            } => self.path(points, *closed, *fill, *stroke),
            Op::Circle {
                centre,
                radius,
                fill,
                stroke,
            } => {
                self.context.begin_path();
                let _ = self
                    .context
                    .arc(centre.x, centre.y, *radius, 0.0, std::f64::consts::TAU);
                self.finish(*fill, *stroke);
            }
            Op::Text { .. } => self.text(op),
            Op::Icon { at, size, id, ink } => self.icon(*at, *size, id, *ink),
        }
    }

    fn finish(&mut self, fill: Option<Ink>, stroke: Option<Stroke>) {
        if let Some(ink) = fill {
            self.fill(ink);
            self.context.fill();
        }
        if let Some(stroke) = stroke {
            self.stroke(stroke);
            self.context.stroke();
        }
    }

    fn dots(&mut self, at: Point, step: f64, ink: Ink, (width, height): (f64, f64)) {
        self.fill(ink);
        for (x, y) in dots(at, step, width, height) {
            self.context.fill_rect(x, y, 1.0, 1.0);
        }
    }

    fn round(
        &mut self,
        rect: Rect,
        radius: f64,
        (fill, stroke): (Option<Ink>, Option<Stroke>),
        shadow: bool,
    ) {
        self.context.begin_path();
        let (x, y, w, h) = (rect.x, rect.y, rect.w, rect.h);
        let _ = self.context.round_rect_with_f64(x, y, w, h, radius);
        if shadow {
            self.context
                .set_shadow_color(&Tone::Shadow.alpha(0.16).css(self.theme));
            self.context.set_shadow_blur(8.0);
            self.context.set_shadow_offset_y(2.0);
        }
        if let Some(ink) = fill {
            self.fill(ink);
            self.context.fill();
        }
        if shadow {
            self.context.set_shadow_color("transparent");
            self.context.set_shadow_blur(0.0);
            self.context.set_shadow_offset_y(0.0);
        }
        self.finish(None, stroke);
    }

    fn path(&mut self, points: &[Point], closed: bool, fill: Option<Ink>, stroke: Option<Stroke>) {
        let Some((first, rest)) = points.split_first() else {
            return;
        };
        self.context.begin_path();
        self.context.move_to(first.x, first.y);
        for point in rest {
            self.context.line_to(point.x, point.y);
        }
        if closed {
            self.context.close_path();
        }
        self.finish(fill, stroke);
    }

    fn text(&mut self, op: &Op) {
        let Op::Text {
            at,
            text,
            size,
            weight,
            align,
            ink,
            ..
        } = op
        else {
            return;
        };
        if self.font != Some((*size, *weight)) {
            self.context
                .write_with(self.kit.strings.font(*size, *weight));
            self.font = Some((*size, *weight));
        }
        if self.align != Some(*align) {
            self.context.align_with(self.kit.strings.align(*align));
            self.align = Some(*align);
        }
        self.fill(*ink);
        self.context.write(self.kit.strings.words(text), at.x, at.y);
    }

    fn icon(&mut self, at: Point, size: f64, id: &'static str, ink: Ink) {
        let Kit { icons, strings, .. } = &mut *self.kit;
        let paths = icons.entry(id).or_insert_with(|| {
            let data = millrace_engine::scene::icons::paths(id);
            data.iter()
                .filter_map(|d| Path2d::new_with_path_string(d).ok())
                .collect()
        });
        self.context.save();
        let _ = self.context.set_line_dash(&js_sys::Array::new());
        let scale = size / millrace_engine::scene::icons::SIZE;
        let _ = self.context.translate(at.x, at.y);
        let _ = self.context.scale(scale, scale);
        self.context.stroke_with(strings.ink(ink, self.theme));
        self.context
            .set_line_width(millrace_engine::scene::icons::STROKE);
        for path in paths.iter() {
            self.context.stroke_with_path(path);
        }
        self.context.restore();
    }
}
