//! Amounts as people read them: counts with separators, rates, and bytes.

/// One kibibyte (B).
pub const KIB: u64 = 1_024;
/// One mebibyte (B).
pub const MIB: u64 = 1_024 * KIB;
/// One gibibyte (B).
pub const GIB: u64 = 1_024 * MIB;
/// One tebibyte (B).
pub const TIB: u64 = 1_024 * GIB;

/// A count with thousands separators: `296,500`.
#[must_use]
pub fn show_count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate per second: `12,400/s`; below 100 with up to two decimals, such as `0.25/s`.
///
/// What is not a number, or negative, shows as a dash.
#[must_use]
pub fn show_rate(per_s: f64) -> String {
    if !per_s.is_finite() || per_s < 0.0 {
        return "–".to_owned();
    }
    if per_s >= 99.995 {
        return format!("{}/s", show_count(per_s.round() as u64));
    }
    format!("{}/s", trimmed((per_s * 100.0).round() as u64))
}

/// Bytes in the largest binary unit that gives at least one, up to two decimals: `1.5 MiB`.
#[must_use]
pub fn show_bytes(bytes: u64) -> String {
    const NAMED: [(&str, u64); 4] = [("TiB", TIB), ("GiB", GIB), ("MiB", MIB), ("KiB", KIB)];
    for (name, unit) in NAMED {
        let hundredths = (u128::from(bytes) * 100 + u128::from(unit) / 2) / u128::from(unit);
        // From just under one, so that 1,048,575 B is 1 MiB and not 1,024 KiB.
        if hundredths >= 100 {
            return format!(
                "{} {name}",
                trimmed(u64::try_from(hundredths).unwrap_or(u64::MAX))
            );
        }
    }
    format!("{bytes} B")
}

/// Bytes both short and exact: `1.5 MiB (1,572,864 B)`; below 1 KiB the exact count alone.
#[must_use]
pub fn show_bytes_exact(bytes: u64) -> String {
    let short = show_bytes(bytes);
    if short.ends_with("iB") {
        format!("{short} ({} B)", show_count(bytes))
    } else {
        short
    }
}

/// Hundredths as a decimal without trailing zeros.
fn trimmed(hundredths: u64) -> String {
    let (whole, rest) = (show_count(hundredths / 100), hundredths % 100);
    match (rest, rest % 10) {
        (0, _) => whole,
        (_, 0) => format!("{whole}.{}", rest / 10),
        _ => format!("{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (296_500, "296,500"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(show_count(count), text);
        }
    }

    #[test]
    fn rates_are_short() {
        for (rate, text) in [
            (12_400.0, "12,400/s"),
            (0.25, "0.25/s"),
            (3.0, "3/s"),
            (2.5, "2.5/s"),
            (99.999, "100/s"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(show_rate(rate), text);
        }
    }

    #[test]
    fn bytes_are_short_or_exact() {
        for (bytes, short, exact) in [
            (0, "0 B", "0 B"),
            (1_023, "1 KiB", "1 KiB (1,023 B)"),
            (900, "900 B", "900 B"),
            (1_572_864, "1.5 MiB", "1.5 MiB (1,572,864 B)"),
            (MIB - 1, "1 MiB", "1 MiB (1,048,575 B)"),
            (
                5_000 * TIB,
                "5,000 TiB",
                "5,000 TiB (5,497,558,138,880,000 B)",
            ),
        ] {
            assert_eq!(show_bytes(bytes), short);
            assert_eq!(show_bytes_exact(bytes), exact);
        }
        assert_eq!(show_bytes(u64::MAX), "16,777,216 TiB");
    }
}
