//! Strings that the browser keeps: colours, fonts and words that are painted again in each frame.
//!
//! Making a string of the browser out of bytes is the dear part of setting a colour or a font; each is made once.

use js_sys::JsString;
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::scene::list::{Align, Weight};
use millrace_engine::scene::svg::FONTS;
use millrace_engine::scene::theme::{Ink, Theme, Tone};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::CanvasRenderingContext2d;

/// Words kept at most; figures come and go, so the store is emptied when it is full.
const WORDS_MAX: usize = 4_000;
/// Sizes of fonts in one pixel: while the camera zooms, every further size is shaped and rastered anew.
const SIZES: f64 = 4.0;

#[wasm_bindgen]
extern "C" {
    /// A 2d context that takes strings of the browser.
    #[derive(Clone, Debug)]
    #[wasm_bindgen(extends = CanvasRenderingContext2d)]
    pub(crate) type Context;
    /// Sets the colour of what is filled.
    #[wasm_bindgen(method, setter, js_name = fillStyle)]
    pub(crate) fn fill_with(this: &Context, colour: &JsString);
    /// Sets the colour of lines.
    #[wasm_bindgen(method, setter, js_name = strokeStyle)]
    pub(crate) fn stroke_with(this: &Context, colour: &JsString);
    /// Sets the font.
    #[wasm_bindgen(method, setter, js_name = font)]
    pub(crate) fn write_with(this: &Context, font: &JsString);
    /// Sets which end of a text lies at its point.
    #[wasm_bindgen(method, setter, js_name = textAlign)]
    pub(crate) fn align_with(this: &Context, align: &JsString);
    /// Writes words.
    #[wasm_bindgen(method, js_name = fillText)]
    pub(crate) fn write(this: &Context, words: &JsString, x: f64, y: f64);
}

/// What is kept.
#[derive(Debug, Default)]
pub(crate) struct Strings {
    /// By theme, tone and hundredths of its alpha.
    inks: SortedMap<(bool, Tone, u8), JsString>,
    /// By size in steps and weight.
    fonts: SortedMap<(u32, bool), JsString>,
    words: SortedMap<String, JsString>,
    aligns: SortedMap<u8, JsString>,
}

impl Strings {
    /// A colour.
    pub(crate) fn ink(&mut self, ink: Ink, theme: Theme) -> &JsString {
        let key = (
            theme == Theme::Dark,
            ink.tone,
            (ink.alpha * 100.0).round() as u8,
        );
        self.inks
            .entry(key)
            .or_insert_with(|| ink.css(theme).into())
    }

    /// A font of about this size, never a larger one.
    pub(crate) fn font(&mut self, size: f64, weight: Weight) -> &JsString {
        let bold = weight == Weight::Bold;
        let entry = self.fonts.entry(((size * SIZES) as u32, bold));
        entry.or_insert_with(|| font(stepped(size), weight).into())
    }

    /// Which end of a text lies at its point.
    pub(crate) fn align(&mut self, align: Align) -> &JsString {
        let (place, word) = match align {
            Align::Left => (0, "left"),
            Align::Centre => (1, "center"),
            Align::Right => (2, "right"),
        };
        self.aligns.entry(place).or_insert_with(|| word.into())
    }

    /// Words.
    pub(crate) fn words(&mut self, words: &str) -> &JsString {
        if self.words.len() >= WORDS_MAX {
            self.words.clear();
        }
        self.words.at_or(words, || words.into())
    }
}

/// The size in which a text of this size is written [px].
pub(crate) fn stepped(size: f64) -> f64 {
    (size * SIZES).floor().max(1.0) / SIZES
}

/// A font as CSS writes it.
pub(crate) fn font(size: f64, weight: Weight) -> String {
    let weight = match weight {
        Weight::Regular => 400,
        Weight::Bold => 600,
    };
    format!("{weight} {size:.2}px {FONTS}")
}
