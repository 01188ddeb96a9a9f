//! Plotters' backend that records into a display list instead of painting.
//!
//! Plotters counts in whole pixels; the recorder calls a quarter of a CSS pixel one, so that lines stay smooth on
//! screens of any density. A colour of plotters carries the number of a token. Text is measured by the function that
//! was passed in: plotters' own way puts a span into the page and reads its width, a forced layout each time.

use std::convert::Infallible;
use std::fmt;

use plotters::style::RGBColor;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};

use super::list::{Anchor, Ink, List, Measure, Op, Text, Token};

/// Plotters' pixels in one CSS pixel.
pub const FINE: i32 = 4;

/// The colour under which plotters carries a token to the recorder.
#[must_use]
pub fn coded(token: Token) -> RGBColor {
    RGBColor(0, 0, token.index() as u8)
}

/// Records what plotters draws.
pub struct Recorder<'a> {
    list: &'a mut List,
    measure: &'a dyn Measure,
}

impl fmt::Debug for Recorder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("list", &self.list)
            .finish_non_exhaustive()
    }
}

impl<'a> Recorder<'a> {
    /// Records behind what the list already holds; its size is the list's.
    pub fn new(list: &'a mut List, measure: &'a dyn Measure) -> Self {
        Self { list, measure }
    }
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

fn px(fine: i32) -> f32 {
    fine as f32 / FINE as f32
}

fn point((x, y): BackendCoord) -> (f32, f32) {
    (px(x), px(y))
}

fn ink(color: BackendColor) -> Ink {
    let token = Token::ALL.get(usize::from(color.rgb.2)).copied();
    Ink {
        token: token.unwrap_or_default(),
        alpha: color.alpha as f32,
    }
}

fn width(fine: u32) -> f32 {
    px(fine as i32).max(0.25)
}

/// Moves a straight hairline onto the middle of a pixel, where it is sharp.
fn sharp(at: f32) -> f32 {
    at.floor() + 0.5
}

impl DrawingBackend for Recorder<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let fine = |px: f32| (px.max(0.0) * FINE as f32) as u32;
        (fine(self.list.width), fine(self.list.height))
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done {
        let (x, y) = point(at);
        self.list.rect(x, y, px(1), px(1), ink(color));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let ((x0, y0), (x1, y1)) = (upper_left, bottom_right);
        if fill {
            let ((x, y), (w, h)) = (point((x0, y0)), point((x1 - x0, y1 - y0)));
            self.list.rect(x, y, w, h, ink(style.color()));
            return Ok(());
        }
        self.draw_path([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        let ink = ink(style.color());
        if ink.alpha == 0.0 {
            return Ok(());
        }
        let points = path.into_iter().map(point);
        self.list.path(points, width(style.stroke_width()), ink);
        let Some(Op::Path { from, width, .. }) = self.list.ops.last() else {
            return Ok(());
        };
        if *width <= 1.0 {
            straighten(&mut self.list.points[*from as usize..]);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Done {
        let (x, y) = point(center);
        let (r, ink) = (px(radius as i32), ink(style.color()));
        self.list.ops.push(Op::Disc { x, y, r, ink });
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Done {
        let ink = ink(style.color());
        self.list.fill(vert.into_iter().map(point), ink);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Done {
        let size = style.size() as f32 / FINE as f32;
        let (x, y) = point(at);
        let (anchor, y) = place(style, y, size);
        self.list.ops.push(Op::Text(Text {
            x,
            y,
            size,
            bold: matches!(style.style(), FontStyle::Bold),
            anchor,
            ink: ink(style.color()),
            words: text.to_owned(),
        }));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = style.size() as f32 / FINE as f32;
        let bold = matches!(style.style(), FontStyle::Bold);
        let width = self.measure.width(text, size, bold).max(0.0) * FINE as f32;
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}

fn place<S: BackendTextStyle>(style: &S, y: f32, size: f32) -> (Anchor, f32) {
    let pos = style.anchor();
    let anchor = match pos.h_pos {
        HPos::Left => Anchor::Start,
        HPos::Center => Anchor::Middle,
        HPos::Right => Anchor::End,
    };
    let y = match pos.v_pos {
        VPos::Top => y + size / 2.0,
        VPos::Center => y,
        VPos::Bottom => y - size / 2.0,
    };
    (anchor, y)
}

fn straighten(points: &mut [(f32, f32)]) {
    let [(x0, y0), (x1, y1)] = points else {
        return;
    };
    if y0 == y1 {
        (*y0, *y1) = (sharp(*y0), sharp(*y1));
    } else if x0 == x1 {
        (*x0, *x1) = (sharp(*x0), sharp(*x1));
    }
}
