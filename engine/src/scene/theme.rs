//! Colours by token, for the light and the dark theme; the page's stylesheet has the same values.
//!
//! The eight colours of keys are told apart by colour-blind eyes (after Okabe and Ito, Color
//! Universal Design, 2008); what must be read is never told by colour alone.

use crate::catalog::Family;
use crate::run::frame::KEY_COLOURS;
use crate::services::gauges::State;

/// Which of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// A colour by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// The stage behind everything.
    Ground,
    /// The dots of the stage.
    Dot,
    /// Cards.
    Panel,
    /// Rows inside cards.
    Soft,
    /// Edges of cards, tracks of bars.
    Line,
    /// What is read first.
    Text,
    /// What is read second.
    Muted,
    /// What can be acted on; what is chosen.
    Accent,
    /// Refusals.
    Bad,
    /// The ground under a refusal's figure.
    BadSoft,
    /// What is well.
    Good,
    /// State busy.
    Busy,
    /// State behind.
    Behind,
    /// Words on a ground of state colour.
    OnState,
    /// Family of services.
    Family(Family),
    /// Key number 0..8; 8 and above is neutral.
    Key(u8),
    /// Shadows.
    Shadow,
}

/// A tone and how much of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// The tone.
    pub tone: Tone,
    /// Opacity, 0..1.
    pub alpha: f32,
}

impl From<Tone> for Ink {
    fn from(tone: Tone) -> Self {
        Self { tone, alpha: 1.0 }
    }
}

impl Tone {
    /// The tone, partly seen through.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Ink {
        Ink {
            tone: self,
            alpha: alpha.clamp(0.0, 1.0) as f32,
        }
    }

    /// The colour of a key.
    #[must_use]
    pub fn key(colour: u8) -> Self {
        Self::Key(colour.min(KEY_COLOURS))
    }

    /// The colour of a state.
    #[must_use]
    pub fn state(state: State) -> Self {
        match state {
            State::Calm => Self::Muted,
            State::Busy => Self::Busy,
            State::Behind => Self::Behind,
            State::Refusing => Self::Bad,
            State::Down => Self::Text,
        }
    }

    /// (light, dark) as 0xRRGGBB.
    #[must_use]
    pub fn pair(self) -> (u32, u32) {
        match self {
            Self::Ground => (0xf4_f6f5, 0x0e_161c),
            Self::Dot => (0xcb_d5d8, 0x22_303a),
            Self::Panel => (0xff_ffff, 0x15_1f27),
            Self::Soft => (0xed_f1f1, 0x1b_2731),
            Self::Line => (0xdc_e3e4, 0x26_3540),
            Self::Text => (0x14_212b, 0xe6_edf1),
            Self::Muted => (0x55_6570, 0x93_a4b0),
            Self::Accent => (0x0a_6bae, 0x53_aeea),
            Self::Bad => (0xb8_3c0a, 0xff_9461),
            Self::BadSoft => (0xfd_e9df, 0x3a_2218),
            Self::Good => (0x0b_7460, 0x3c_c7a5),
            Self::Busy => (0x8a_5e00, 0xe3_b341),
            Self::Behind => (0x71_47b8, 0xb1_8cf0),
            Self::OnState => (0xff_ffff, 0x0c_141a),
            Self::Family(family) => of_family(family),
            Self::Key(colour) => of_key(colour),
            Self::Shadow => (0x10_202c, 0x00_0000),
        }
    }

    /// The colour as 0xRRGGBB.
    #[must_use]
    pub fn rgb(self, theme: Theme) -> u32 {
        let (light, dark) = self.pair();
        match theme {
            Theme::Light => light,
            Theme::Dark => dark,
        }
    }
}

impl Ink {
    /// The colour as the canvas and SVG write it.
    #[must_use]
    pub fn css(self, theme: Theme) -> String {
        let rgb = self.tone.rgb(theme);
        if self.alpha >= 0.995 {
            return format!("#{rgb:06x}");
        }
        let (r, g, b) = ((rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255);
        format!("rgba({r},{g},{b},{:.2})", self.alpha)
    }
}

fn of_family(family: Family) -> (u32, u32) {
    match family {
        Family::Sources => (0x8f_6200, 0xe3_b341),
        Family::Streams => (0x0a_6bae, 0x53_aeea),
        Family::Compute => (0xb4_531a, 0xf0_955b),
        Family::Storage => (0x2b_7a4b, 0x5c_c389),
        Family::Messaging => (0x71_47b8, 0xb1_8cf0),
        Family::Workbench => (0x55_6570, 0x93_a4b0),
    }
}

fn of_key(colour: u8) -> (u32, u32) {
    match colour {
        0 => (0xe6_9f00, 0xe6_9f00),
        1 => (0x56_b4e9, 0x56_b4e9),
        2 => (0x00_9e73, 0x00_9e73),
        3 => (0xcc_79a7, 0xcc_79a7),
        4 => (0x00_72b2, 0x3b_93d6),
        5 => (0xd3_c322, 0xf0_e442),
        6 => (0x8c_5a33, 0xb9_8a66),
        7 => (0x7d_6bb8, 0x9f_8fe0),
        _ => (0x8a_97a0, 0x7d_8d98),
    }
}

/// Contrast of two colours after WCAG 2.2, 1..21.
#[must_use]
pub fn contrast(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(rgb: u32) -> f64 {
    let part = |shift: u32| {
        let c = f64::from((rgb >> shift) & 255) / 255.0;
        if c <= 0.040_45 {
            c / 12.92
        } else {
            libm::pow((c + 0.055) / 1.055, 2.4)
        }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_contrast(ink: Tone, ground: Tone, least: f64) {
        for theme in [Theme::Light, Theme::Dark] {
            let got = contrast(ink.rgb(theme), ground.rgb(theme));
            assert!(
                got >= least,
                "{ink:?} on {ground:?} in {theme:?}: {got:.2} < {least}"
            );
        }
    }

    #[test]
    fn text_is_readable_on_every_ground_it_stands_on() {
        let texts = [
            Tone::Text,
            Tone::Muted,
            Tone::Accent,
            Tone::Bad,
            Tone::Good,
            Tone::Busy,
            Tone::Behind,
        ];
        for ink in texts {
            for ground in [Tone::Panel, Tone::Soft, Tone::Ground] {
                assert_contrast(ink, ground, 4.5);
            }
        }
        assert_contrast(Tone::Bad, Tone::BadSoft, 4.5);
    }

    #[test]
    fn words_on_a_state_are_readable() {
        for state in [State::Busy, State::Behind, State::Refusing, State::Down] {
            assert_contrast(Tone::OnState, Tone::state(state), 4.5);
        }
    }

    #[test]
    fn families_stand_out_from_the_cards() {
        for family in Family::ALL {
            assert_contrast(Tone::Family(family), Tone::Panel, 3.0);
        }
    }

    #[test]
    fn contrast_is_the_one_of_wcag() {
        assert!((contrast(0, 0xff_ffff) - 21.0).abs() < 1e-9);
        assert!((contrast(0x77_7777, 0xff_ffff) - 4.48).abs() < 0.01);
    }

    #[test]
    fn key_colours_differ() {
        for theme in [Theme::Light, Theme::Dark] {
            let mut seen: Vec<_> = (0..=KEY_COLOURS).map(|k| Tone::key(k).rgb(theme)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), usize::from(KEY_COLOURS) + 1);
        }
    }
}
