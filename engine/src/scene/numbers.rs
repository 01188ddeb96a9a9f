//! Figures as people read them: thousands set apart, units, a steady number of digits.

use crate::services::gauges::Reading;

/// A whole number with commas: 1,500.
#[must_use]
pub fn whole(value: f64) -> String {
    let negative = value <= -0.5;
    let digits = digits(value.abs());
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if negative {
        out.push('-');
    }
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The digits of the whole number next to a value, halves to the even one: what `{:.0}` writes, without its arithmetic
/// of long numbers, which a browser compiles and runs within the first frame.
fn digits(size: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    if size < EXACT {
        (libm::rint(size) as u64).to_string()
    } else {
        format!("{size:.0}")
    }
}

/// A count: 950, 12,400, 1,004,152, 125.00 M.
#[must_use]
pub fn count(value: f64) -> String {
    let size = value.abs();
    if size < 0.5 {
        "0".to_owned()
    } else if size < 9.95 && (size - libm::round(size)).abs() > 0.05 {
        format!("{value:.1}")
    } else if size < 1e8 {
        whole(value)
    } else if size < 1e9 {
        format!("{:.2} M", value / 1e6)
    } else if size < 1e12 {
        format!("{:.2} G", value / 1e9)
    } else {
        format!("{:.2} T", value / 1e12)
    }
}

/// A count in at most six letters: 950, 12,400, 125 k, 2.5 M.
#[must_use]
pub fn short(value: f64) -> String {
    let size = value.abs();
    if size < 99_999.5 {
        whole(value)
    } else if size < 999_500.0 {
        format!("{:.0} k", value / 1e3)
    } else if size < 999.5e6 {
        format!("{:.1} M", value / 1e6)
    } else {
        format!("{:.1} G", value / 1e9)
    }
}

/// A time given in seconds: 70 ms, 4.2 s, 3.5 min, 26.0 h.
#[must_use]
pub fn span(seconds: f64) -> String {
    if seconds < 0.000_5 {
        "0 s".to_owned()
    } else if seconds < 0.995 {
        format!("{:.0} ms", seconds * 1e3)
    } else if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else if seconds < 7_200.0 {
        format!("{:.1} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3_600.0)
    }
}

/// Bytes in the units that AWS prints: 12 B, 3.4 KiB, 5.0 MiB.
#[must_use]
pub fn bytes(value: f64) -> String {
    const KIB: f64 = 1_024.0;
    if value < KIB {
        format!("{value:.0} B")
    } else if value < KIB * KIB {
        format!("{:.1} KiB", value / KIB)
    } else if value < KIB * KIB * KIB {
        format!("{:.1} MiB", value / (KIB * KIB))
    } else {
        format!("{:.2} GiB", value / (KIB * KIB * KIB))
    }
}

/// Money, exact to the cent: $1,004,152.00.
#[must_use]
pub fn money(value: f64, unit: &str) -> String {
    let cents = libm::round(value.abs() * 100.0);
    let units = libm::floor(cents / 100.0);
    let rest = cents - units * 100.0;
    let sign = if value <= -0.005 { "-" } else { "" };
    let digits = format!("{}.{rest:02.0}", whole(units));
    match unit {
        "USD" => format!("{sign}${digits}"),
        "EUR" => format!("{sign}\u{20ac}{digits}"),
        other => format!("{sign}{digits} {other}"),
    }
}

/// Whether a unit is a currency.
#[must_use]
pub fn is_money(unit: &str) -> bool {
    unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase())
}

/// A value with its unit.
#[must_use]
pub fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "s" => span(value),
        "ms" => span(value / 1e3),
        "us" => span(value / 1e6),
        "B" => bytes(value),
        "B/s" => format!("{}/s", bytes(value)),
        "%" => format!("{value:.0} %"),
        "" | "records" => count(value),
        "rec/s" | "records/s" => format!("{} rec/s", count(value)),
        money_unit if is_money(money_unit) => money(value, money_unit),
        other => format!("{} {other}", count(value)),
    }
}

/// A reading as it stands on a card.
#[must_use]
pub fn reading(reading: &Reading) -> String {
    with_unit(reading.value, reading.unit)
}

/// The same; a bare count beside its limit: 4 / 1,000.
#[must_use]
pub fn reading_of_limit(of: &Reading) -> String {
    match of.limit {
        Some(limit) if of.unit.is_empty() => format!("{} / {}", reading(of), short(limit)),
        _ => reading(of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(whole(1_004_152.0), "1,004,152");
        assert_eq!(whole(-1_500.4), "-1,500");
        assert_eq!(whole(999.6), "1,000");
        for size in [
            0.0,
            0.5,
            1.5,
            2.5,
            999.5,
            1e15 + 0.5,
            3e15 + 0.5,
            1e16,
            1e300,
            f64::INFINITY,
        ] {
            assert_eq!(digits(size), format!("{size:.0}"));
        }
        assert_eq!(count(0.2), "0");
        assert_eq!(count(2.5), "2.5");
        assert_eq!(count(999_999.0), "999,999");
        assert_eq!(count(1_250_000.0), "1,250,000");
        assert_eq!(count(125_000_000.0), "125.00 M");
        assert_eq!(short(99_999.0), "99,999");
        assert_eq!(short(125_400.0), "125 k");
        assert_eq!(short(2_500_000.0), "2.5 M");
        assert_eq!(span(0.07), "70 ms");
        assert_eq!(span(4.24), "4.2 s");
        assert_eq!(span(600.0), "10.0 min");
        assert_eq!(bytes(5.0 * 1_048_576.0), "5.0 MiB");
        assert_eq!(money(1_004_152.0, "USD"), "$1,004,152.00");
        assert_eq!(money(-0.999, "GBP"), "-1.00 GBP");
        assert_eq!(with_unit(12.0, "rec/s"), "12 rec/s");
        assert_eq!(with_unit(37.4, "%"), "37 %");
    }
}
