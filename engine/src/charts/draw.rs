//! Draws a chart with plotters, onto any of its backends.
//!
//! ```text
//!  notes, limits that lie higher          top strip, only if there are any
//!  6k |  - - - limit - - - - -  |
//!     |        lines            | names   at the line ends, never by colour alone
//!   0 |_________________________|
//!       10:00      10:02
//! ```

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, Color, DrawingArea, DrawingAreaErrorKind,
    DrawingBackend, IntoDrawingArea, IntoFont, PathElement, RGBColor, Rectangle, ShapeStyle,
    TextStyle,
};
use plotters::style::FontStyle;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::backend::{FINE, Recorder, coded};
use super::lines;
use super::list::{List, Measure, Token};
use super::spec::{Chart, Limit, Span};
use super::table::limit_name;
use super::ticks::{Axis, times, values};

/// What drawing needs to know of the page.
pub struct Look<'a> {
    /// The colour of a token.
    pub color: &'a dyn Fn(Token) -> RGBColor,
    /// The text of a key.
    pub word: &'a dyn Fn(&str) -> String,
    /// Pixels of the backend in one CSS pixel.
    pub fine: i32,
}

impl std::fmt::Debug for Look<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Look")
            .field("fine", &self.fine)
            .finish_non_exhaustive()
    }
}

/// What the picture says, for the words beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Said {
    /// There is nothing to show; the picture says so in words.
    #[default]
    Nothing,
    /// All lines keep one value; a picture of zeros says so in words.
    Flat(f64),
    /// Lines that move.
    Lines,
}

/// Where the plot lies in the picture [CSS px], for the pointer, and what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Left edge of the plot.
    pub left: f32,
    /// Right edge.
    pub right: f32,
    /// Top edge.
    pub top: f32,
    /// Bottom edge.
    pub bottom: f32,
    /// Time between left and right [s of the run].
    pub x: Span,
    /// What it says.
    pub said: Said,
}

impl Drawn {
    /// The time under a pixel column [s of the run]; none outside the plot.
    #[must_use]
    pub fn time_at(&self, x: f32) -> Option<f64> {
        if x < self.left || x > self.right || self.right <= self.left {
            return None;
        }
        let share = f64::from((x - self.left) / (self.right - self.left));
        Some(self.x.from + share * (self.x.to - self.x.from))
    }

    /// The pixel column of a time [s of the run]; none outside the plot.
    #[must_use]
    pub fn x_at(&self, time: f64) -> Option<f32> {
        let span = self.x.to - self.x.from;
        if span <= 0.0 || time < self.x.from || time > self.x.to || self.right <= self.left {
            return None;
        }
        let share = ((time - self.x.from) / span) as f32;
        Some(self.left + share * (self.right - self.left))
    }
}

pub(crate) type Failed<DB> = DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>;
pub(crate) type Plane<'a, DB> = ChartContext<'a, DB, Cartesian2d<Axis, Axis>>;

/// Records the chart into a list of this size [CSS px]. A picture too small to draw in stays empty.
pub fn record(
    chart: &Chart,
    (width, height): (f32, f32),
    measure: &dyn Measure,
    word: &dyn Fn(&str) -> String,
    list: &mut List,
) -> Drawn {
    list.clear(width, height);
    let look = Look {
        color: &coded,
        word,
        fine: FINE,
    };
    let root = Recorder::new(list, measure).into_drawing_area();
    draw(&root, chart, &look).unwrap_or_default()
}

/// Draws the chart onto the whole area.
///
/// # Errors
/// What the backend fails with.
pub fn draw<DB: DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    chart: &Chart,
    look: &Look<'_>,
) -> Result<Drawn, Failed<DB>> {
    let pen = Pen::new(root, look);
    let said = said(chart);
    let lines = match said {
        Said::Nothing => Vec::new(), // a scale of nothing would only puzzle
        Said::Flat(_) | Said::Lines => values(chart.y, chart.unit, chart.log),
    };
    let frame = pen.frame(chart, &lines);
    if frame.right - frame.left < 8 * look.fine || frame.bottom - frame.top < 8 * look.fine {
        return Ok(Drawn::default());
    }
    let inner = root.clone().shrink(
        (frame.left, frame.top),
        (frame.right - frame.left, frame.bottom - frame.top),
    );
    let axis = |span, log, lines| Axis { span, log, lines };
    let mut plane: Plane<'_, DB> = ChartBuilder::on(&inner).build_cartesian_2d(
        axis(chart.x, false, Vec::new()),
        axis(chart.y, chart.log, lines.clone()),
    )?;
    pen.grid(&mut plane)?;
    pen.value_words(&plane, chart, &lines, &frame)?;
    pen.time_words(&plane, chart, &frame)?;
    pen.limits(&plane, chart, &frame)?;
    lines::draw(&pen, &mut plane, chart, &frame)?;
    pen.ahead(&plane, chart, &frame)?;
    pen.limit_names(&plane, chart, &frame)?;
    pen.strip(chart, &frame)?;
    pen.say(chart, said, &frame)?;
    Ok(frame.drawn(look.fine, chart.x, said))
}

/// What a chart shows: nothing, one value, or more.
#[must_use]
pub fn said(chart: &Chart) -> Said {
    let shown = |at: f64| at >= chart.x.from && at <= chart.x.to;
    let mut values = chart
        .series
        .iter()
        .flat_map(|series| series.points.iter())
        .filter(|(at, _)| shown(*at))
        .map(|(_, value)| *value);
    let Some(first) = values.next() else {
        return Said::Nothing;
    };
    if values.all(|value| value == first) {
        Said::Flat(first)
    } else {
        Said::Lines
    }
}

/// Edges of the plot in pixels of the backend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) left: i32,
    pub(crate) right: i32,
    pub(crate) top: i32,
    pub(crate) bottom: i32,
}

impl Frame {
    fn drawn(&self, fine: i32, x: Span, said: Said) -> Drawn {
        let px = |at: i32| at as f32 / fine as f32;
        Drawn {
            left: px(self.left),
            right: px(self.right),
            top: px(self.top),
            bottom: px(self.bottom),
            x,
            said,
        }
    }
}

/// The root area with the sizes and words at hand.
pub(crate) struct Pen<'a, DB: DrawingBackend> {
    pub(crate) root: &'a DrawingArea<DB, Shift>,
    pub(crate) look: &'a Look<'a>,
    /// Height of the font, in pixels of the backend.
    pub(crate) font: i32,
    width: i32,
    height: i32,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    fn new(root: &'a DrawingArea<DB, Shift>, look: &'a Look<'a>) -> Self {
        let (width, height) = root.dim_in_pixel();
        let (width, height) = (width as i32, height as i32);
        let font = if height < 180 * look.fine { 10 } else { 12 } * look.fine;
        Self {
            root,
            look,
            font,
            width,
            height,
        }
    }

    pub(crate) fn px(&self, css: i32) -> i32 {
        css * self.look.fine
    }

    pub(crate) fn word(&self, key: &str) -> String {
        (self.look.word)(key)
    }

    pub(crate) fn stroke(&self, token: Token, alpha: f64, width: u32) -> ShapeStyle {
        ShapeStyle {
            color: (self.look.color)(token).mix(alpha),
            filled: true,
            stroke_width: width,
        }
    }

    fn style(&self, token: Token, h: HPos, v: VPos) -> TextStyle<'static> {
        let font = ("sans-serif", f64::from(self.font), FontStyle::Normal).into_font();
        let color = (self.look.color)(token).to_backend_color();
        let pos = Pos::new(h, v);
        TextStyle { font, color, pos }
    }

    /// Width of words, in pixels of the backend.
    pub(crate) fn wide(&self, words: &str) -> i32 {
        let style = self.style(Token::Text, HPos::Left, VPos::Center);
        let size = self.root.estimate_text_size(words, &style);
        size.map_or(0, |(width, _)| width as i32)
    }

    /// Cuts words until they fit; none if not even one letter does.
    pub(crate) fn fitting(&self, words: &str, room: i32) -> Option<String> {
        if self.wide(words) <= room {
            return Some(words.to_owned());
        }
        let letters: Vec<char> = words.chars().collect();
        (1..letters.len()).rev().find_map(|keep| {
            let cut: String = letters[..keep].iter().collect();
            let cut = format!("{}…", cut.trim_end());
            (self.wide(&cut) <= room).then_some(cut)
        })
    }

    pub(crate) fn write(
        &self,
        words: &str,
        token: Token,
        h: HPos,
        at: (i32, i32),
    ) -> Result<(), Failed<DB>> {
        let style = self.style(token, h, VPos::Center);
        self.root.draw_text(words, &style, at)
    }

    /// Chooses the edges of the plot so that all words around it fit.
    fn frame(&self, chart: &Chart, lines: &[f64]) -> Frame {
        let values = lines.iter().map(|line| self.wide(&chart.unit.short(*line)));
        // At least so much, so that the plot does not jump when numbers grow by a digit.
        let left = values.max().unwrap_or(0).max(self.font * 28 / 10) + self.px(6);
        let names = lines::named(chart).map(|series| self.wide(&self.word(series.label)));
        let names = names.max().map_or(self.px(4), |wide| wide + self.px(8));
        let strip = !chart.notes.is_empty() || higher(chart).next().is_some();
        let top = if strip {
            self.font + self.px(5)
        } else {
            self.font / 2 + self.px(1)
        };
        Frame {
            left,
            right: self.width - names.min(self.width / 3),
            top,
            bottom: self.height - self.font - self.px(6),
        }
    }

    fn grid(&self, plane: &mut Plane<'_, DB>) -> Result<(), Failed<DB>> {
        plane
            .configure_mesh()
            .disable_x_mesh()
            .disable_axes()
            .bold_line_style(self.stroke(Token::Grid, 1.0, self.px(1) as u32))
            .light_line_style(self.stroke(Token::Grid, 0.0, 0))
            .draw()
    }

    fn value_words(
        &self,
        plane: &Plane<'_, DB>,
        chart: &Chart,
        lines: &[f64],
        frame: &Frame,
    ) -> Result<(), Failed<DB>> {
        for line in lines {
            let (_, y) = plane.backend_coord(&(chart.x.from, *line));
            let at = (frame.left - self.px(4), y);
            self.write(&chart.unit.short(*line), Token::Text, HPos::Right, at)?;
        }
        Ok(())
    }

    fn time_words(
        &self,
        plane: &Plane<'_, DB>,
        chart: &Chart,
        frame: &Frame,
    ) -> Result<(), Failed<DB>> {
        let most = ((frame.right - frame.left) / (self.font * 5)).clamp(1, 8) as usize;
        let y = frame.bottom + self.px(5) + self.font / 2;
        let mut free = 0;
        for (at, words) in times(chart.x, chart.clock, most) {
            let (x, _) = plane.backend_coord(&(at, chart.y.from));
            let half = self.wide(&words) / 2 + 1;
            let mark = [(x, frame.bottom), (x, frame.bottom + self.px(3))];
            let style = self.stroke(Token::Grid, 1.0, self.px(1) as u32);
            self.root.draw(&PathElement::new(mark, style))?;
            let middle = x.min(self.width - half).max(half);
            if middle - half >= free {
                self.write(&words, Token::Text, HPos::Center, (middle, y))?;
                free = middle + half + self.px(6);
            }
        }
        Ok(())
    }

    /// Veils what lies ahead of the cursor and draws the cursor.
    fn ahead(&self, plane: &Plane<'_, DB>, chart: &Chart, frame: &Frame) -> Result<(), Failed<DB>> {
        let Some(cursor) = chart
            .cursor
            .filter(|at| *at <= chart.x.to && *at >= chart.x.from)
        else {
            return Ok(());
        };
        let (x, _) = plane.backend_coord(&(cursor, chart.y.from));
        let veil = [(x, frame.top), (frame.right, frame.bottom)];
        self.root
            .draw(&Rectangle::new(veil, self.stroke(Token::Panel, 0.6, 0)))?;
        let line = [(x, frame.top), (x, frame.bottom)];
        let style = self.stroke(Token::Cursor, 1.0, self.px(1) as u32);
        self.root.draw(&PathElement::new(line, style))
    }

    /// Draws the limits that lie in the range, dashed, under the lines.
    fn limits(
        &self,
        plane: &Plane<'_, DB>,
        chart: &Chart,
        frame: &Frame,
    ) -> Result<(), Failed<DB>> {
        let style = self.stroke(Token::Limit, 1.0, self.px(1) as u32);
        for limit in within(chart) {
            let (_, y) = plane.backend_coord(&(chart.x.from, limit.value));
            let ends = [(frame.left, y), (frame.right, y)];
            let dashed = DashedPathElement::new(ends, self.px(3), self.px(3), style);
            self.root.draw(&dashed)?;
        }
        Ok(())
    }

    /// Names the limits above their line, in turns at both ends so that near ones do not meet; the first at the end
    /// at which there are no lines.
    fn limit_names(
        &self,
        plane: &Plane<'_, DB>,
        chart: &Chart,
        frame: &Frame,
    ) -> Result<(), Failed<DB>> {
        let first = usize::from(early(chart));
        for (at, limit) in within(chart).enumerate() {
            let room = (frame.right - frame.left) * 6 / 10;
            let Some(words) = self.limit_words(chart, limit, room) else {
                continue;
            };
            let (_, y) = plane.backend_coord(&(chart.x.from, limit.value));
            let (half, wide) = (self.font / 2 + self.px(1), self.wide(&words));
            let (above, below) = (y - half - self.px(1), y + half + self.px(1));
            let middle = if above >= half { above } else { below };
            let left = if (at + first) % 2 == 0 {
                frame.left + self.px(2)
            } else {
                frame.right - wide - self.px(2)
            };
            let ground = [(left, middle - half), (left + wide, middle + half)];
            let ground = Rectangle::new(ground, self.stroke(Token::Panel, 0.7, 0));
            self.root.draw(&ground)?;
            self.write(&words, Token::Limit, HPos::Left, (left, middle))?;
        }
        Ok(())
    }

    /// Name and number of a limit; where both do not fit the name alone, because the axis tells the number too.
    fn limit_words(&self, chart: &Chart, limit: &Limit, room: i32) -> Option<String> {
        let name = limit_name(limit, self.look.word);
        let words = format!("{name} {}", chart.unit.short(limit.value));
        if self.wide(&words) <= room {
            return Some(words);
        }
        self.fitting(&name, room)
    }

    /// The strip above the plot: notes at the right, limits that lie higher than the range at the left.
    fn strip(&self, chart: &Chart, frame: &Frame) -> Result<(), Failed<DB>> {
        let y = self.font / 2 + self.px(1);
        let mut right = self.width - self.px(2);
        for note in &chart.notes {
            let words = format!("{} {}", self.word(note.label), note.unit.short(note.value));
            let Some(words) = self.fitting(&words, right - frame.left) else {
                break;
            };
            let token = if note.bad {
                Token::Refused
            } else {
                Token::Text
            };
            self.write(&words, token, HPos::Right, (right, y))?;
            right -= self.wide(&words) + self.font;
        }
        let mut left = frame.left;
        for limit in higher(chart) {
            let name = limit_name(limit, self.look.word);
            // whole words or none: half a name tells nothing
            let wordings = [
                format!("↑ {name} {}", chart.unit.short(limit.value)),
                format!("↑ {name}"),
            ];
            let mut wordings = wordings.into_iter();
            let Some(words) = wordings.find(|words| self.wide(words) <= right - left) else {
                break;
            };
            self.write(&words, Token::Limit, HPos::Left, (left, y))?;
            left += self.wide(&words) + self.font;
        }
        Ok(())
    }

    /// Says in words what a picture without moving lines means.
    fn say(&self, chart: &Chart, said: Said, frame: &Frame) -> Result<(), Failed<DB>> {
        let key = match said {
            Said::Nothing => "chart.nothing",
            Said::Flat(0.0) => "chart.zero",
            Said::Flat(_) | Said::Lines => return Ok(()),
        };
        let room = frame.right - frame.left;
        let Some(words) = self.fitting(&self.word(key), room) else {
            return Ok(());
        };
        let share = if chart.series.is_empty() { 2 } else { 3 };
        let middle = (
            (frame.left + frame.right) / 2,
            frame.top + (frame.bottom - frame.top) / share,
        );
        self.write(&words, Token::Text, HPos::Center, middle)
    }
}

/// Whether the lines keep to the first half of the time shown.
fn early(chart: &Chart) -> bool {
    let ends = chart
        .series
        .iter()
        .filter_map(|series| series.points.last());
    let end = ends.map(|(at, _)| *at).fold(chart.x.from, f64::max);
    end < (chart.x.from + chart.x.to) / 2.0
}

/// Limits that lie in the range.
fn within(chart: &Chart) -> impl Iterator<Item = &Limit> {
    chart
        .limits
        .iter()
        .filter(|limit| limit.value <= chart.y.to)
}

/// Limits that lie above the range; they are named in the strip.
fn higher(chart: &Chart) -> impl Iterator<Item = &Limit> {
    chart
        .limits
        .iter()
        .filter(|limit| limit.value > chart.y.to && limit.value.is_finite())
}
