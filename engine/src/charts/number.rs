//! Numbers short enough for an axis: `950`, `4k`, `1.2M`; `200 ms`, `1.5 s`, `4 min`; `3 MiB`; `12 %`.

/// What the values of an axis are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Plain counts.
    #[default]
    Count,
    /// Records a second.
    PerSecond,
    /// Counts of anything else a second.
    Rate,
    /// Durations, in seconds.
    Seconds,
    /// Bytes; large ones in powers of 1,024.
    Bytes,
    /// Bytes a second.
    BytesPerSecond,
    /// Shares, 0..1, shown in percent.
    Share,
    /// US dollars.
    Dollars,
}

impl Unit {
    /// The value as short as an axis needs it.
    #[must_use]
    pub fn short(self, value: f64) -> String {
        match self {
            Self::Count | Self::PerSecond | Self::Rate => count(value),
            Self::Seconds => duration(value),
            Self::Bytes => bytes(value),
            Self::BytesPerSecond => format!("{}/s", bytes(value)),
            Self::Share => format!("{} %", plain(rounded(value * 100.0))),
            Self::Dollars => format!("${}", count(value)),
        }
    }

    /// The value as a table shows it: counts whole and with their thousands apart, the rest as short as on an axis.
    #[must_use]
    pub fn full(self, value: f64) -> String {
        match self {
            Self::Count | Self::PerSecond | Self::Rate => apart(value),
            _ => self.short(value),
        }
    }

    /// The unit as the head of a column says it; empty where each value carries its own.
    #[must_use]
    pub fn in_head(self) -> &'static str {
        match self {
            Self::PerSecond => "rec/s",
            Self::Rate => "1/s",
            _ => "",
        }
    }

    /// What follows a short value that stands alone: `/s` where it is of a second and does not say so.
    #[must_use]
    pub fn each(self) -> &'static str {
        match self {
            Self::PerSecond | Self::Rate => "/s",
            _ => "",
        }
    }

    /// The unit in words, for a caption.
    #[must_use]
    pub fn long(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::PerSecond => "records a second",
            Self::Rate => "a second",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::BytesPerSecond => "bytes a second",
            Self::Share => "share",
            Self::Dollars => "US dollars",
        }
    }

    /// The unit as it stands in the head of a CSV file; empty for counts.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::PerSecond | Self::Rate => "1/s",
            Self::Seconds => "s",
            Self::Bytes => "B",
            Self::BytesPerSecond => "B/s",
            Self::Share => "share",
            Self::Dollars => "USD",
        }
    }
}

/// Thousands as `k`, then `M`, `G`, `T`; three digits.
#[must_use]
pub fn count(value: f64) -> String {
    scaled(value, 1_000.0, &["", "k", "M", "G", "T"])
}

/// `B`, `KiB`, `MiB`, `GiB`, `TiB`; three digits.
#[must_use]
pub fn bytes(value: f64) -> String {
    scaled(value, 1_024.0, &[" B", " KiB", " MiB", " GiB", " TiB"])
}

/// Seconds in the largest unit that keeps the number at one or more: `200 ms`, `1.5 s`, `4 min`, `36 h`, `3 d`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    /// Each unit in seconds, and from how many of its own on the next one is taken.
    const UNITS: [(f64, &str, f64); 6] = [
        (1e-6, "µs", 1_000.0),
        (1e-3, "ms", 1_000.0),
        (1.0, "s", 60.0),
        (60.0, "min", 60.0),
        // Up to two days read better in hours.
        (3_600.0, "h", 48.0),
        (86_400.0, "d", f64::INFINITY),
    ];
    for (unit, name, most) in UNITS {
        let value = rounded(seconds / unit);
        if value == 0.0 {
            break;
        }
        if value.abs() < most {
            return format!("{} {name}", plain(value));
        }
    }
    "0".to_owned()
}

/// A clock reading out of seconds since midnight: `10:04`, or `10:04:30` if `seconds` are wanted.
#[must_use]
pub fn clock(of_day: f64, seconds: bool) -> String {
    let whole = of_day.rem_euclid(86_400.0).round() as u32 % 86_400;
    let (hour, minute, second) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if seconds {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{hour:02}:{minute:02}")
    }
}

/// `6,050`, `12.5`: one decimal at most, and none for whole numbers.
fn apart(value: f64) -> String {
    let tenths = (value.abs() * 10.0).round();
    let (whole, tenth) = ((tenths / 10.0).floor(), tenths % 10.0);
    let mut text = crate::base::units::show_count(whole as u64);
    if tenth >= 1.0 {
        text.push_str(&format!(".{tenth:.0}"));
    }
    if value < 0.0 && tenths > 0.0 {
        text.insert(0, '-');
    }
    text
}

fn scaled(value: f64, base: f64, names: &[&str]) -> String {
    let mut size = 1.0;
    for (at, name) in names.iter().enumerate() {
        // Only what is shown is rounded: rounding twice would make 4 MiB 3.99 MiB.
        let shown = rounded(value / size);
        if shown == 0.0 {
            break;
        }
        if shown.abs() < base || at + 1 == names.len() {
            return format!("{}{name}", plain(shown));
        }
        size *= base;
    }
    "0".to_owned()
}

/// Rounds to three digits, so that 999.6 becomes 1,000 before its unit is chosen.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let digits = 2.0 - libm::floor(libm::log10(value.abs()));
    let scale = libm::pow(10.0, digits);
    (value * scale).round() / scale
}

/// As many decimals as three digits need, and no zeros at the end.
fn plain(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (2.0 - libm::floor(libm::log10(value.abs()))).clamp(0.0, 6.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        let short = text.trim_end_matches('0').trim_end_matches('.');
        return short.to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_compact() {
        let pairs = [
            (0.0, "0"),
            (0.25, "0.25"),
            (1.5, "1.5"),
            (950.0, "950"),
            (999.6, "1k"),
            (4_000.0, "4k"),
            (1_512.0, "1.51k"),
            (12_500.0, "12.5k"),
            (1_200_000.0, "1.2M"),
            (8e9, "8G"),
            (-2_000.0, "-2k"),
            (f64::NAN, "0"),
        ];
        for (value, text) in pairs {
            assert_eq!(count(value), text, "{value}");
        }
    }

    #[test]
    fn tables_show_counts_in_full() {
        assert_eq!(Unit::PerSecond.full(6_050.0), "6,050");
        assert_eq!(Unit::PerSecond.full(12.46), "12.5");
        assert_eq!(Unit::Count.full(-1_999.96), "-2,000");
        assert_eq!(Unit::Count.full(0.0), "0");
        assert_eq!(Unit::Seconds.full(0.155), "155 ms");
    }

    #[test]
    fn durations_choose_their_unit() {
        let pairs = [
            (0.0, "0"),
            (0.000_02, "20 µs"),
            (0.2, "200 ms"),
            (0.9996, "1 s"),
            (1.5, "1.5 s"),
            (240.0, "4 min"),
            (90.0, "1.5 min"),
            (36.0 * 3_600.0, "36 h"),
            (3.0 * 86_400.0, "3 d"),
        ];
        for (value, text) in pairs {
            assert_eq!(duration(value), text, "{value}");
        }
    }

    #[test]
    fn bytes_shares_and_clocks() {
        assert_eq!(bytes(512.0), "512 B");
        assert_eq!(bytes(5.0 * 1_048_576.0), "5 MiB");
        assert_eq!(Unit::Share.short(0.333), "33.3 %");
        assert_eq!(Unit::Dollars.short(0.12), "$0.12");
        assert_eq!(clock(36_252.4, true), "10:04:12");
        assert_eq!(clock(86_400.0 + 60.0, false), "00:01");
    }
}
