//! Quantiles: the histogram of latencies against HdrHistogram, nearest rank against sorted values.

use super::{Case, Inexpressible, Node, Told};
use crate::base::histogram::{Histogram, nearest_rank};

/// Significant digits that the histogram keeps.
const DIGITS: u64 = 3;
/// Largest value that its cells tell apart.
const TOP: u64 = (1 << 42) - 1;
/// How far a quantile of the histogram lies above the exact one, at most.
const WIDTH: f64 = 0.001;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "hdr-raw" | "hdr-corrected" | "hdr-counts" | "hdr-values" => hdr(case),
        "exact-nearest-rank" => exact(case),
        "sequence" => sequence(case),
        _ => Err(case.unknown_kind()),
    }
}

/// Refuses a precision or a range that the histogram does not have.
fn fits(input: &Node<'_>) -> Told {
    if let Some(digits) = input.opt("significant_digits")
        && digits.u64()? > DIGITS
    {
        return Err(digits.bad("are more than the histogram keeps"));
    }
    for key in ["max_trackable", "highest"] {
        if let Some(top) = input.opt(key)
            && top.u64()? > TOP
        {
            return Err(top.bad("is above what the histogram tells apart"));
        }
    }
    if let Some(lowest) = input.opt("lowest") {
        lowest.aside("the histogram begins at 0");
    }
    Ok(())
}

/// The values of a case: plain ones, or each with its count.
fn values(input: &Node<'_>) -> Result<Vec<(u64, u64)>, Inexpressible> {
    let mut values = Vec::new();
    if let Some(data) = input.opt("data") {
        for value in data.items()? {
            values.push((value.u64()?, 1));
        }
    } else {
        for row in input.get("values")?.items()? {
            values.push((row.get("value")?.u64()?, row.get("count")?.u64()?));
        }
    }
    Ok(values)
}

fn hdr(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    fits(&input)?;
    let interval = input.opt("expected_interval").map_or(Ok(0), |n| n.u64())?;
    let mut histogram = Histogram::new();
    for (value, n) in values(&input)? {
        histogram.record_corrected(value, n, interval);
    }
    case.check("total", histogram.count());
    let relative = tolerance(&expected, "tolerance_relative", WIDTH)?;
    if let Some(value) = expected.find("value") {
        let q = input.get("q")?.f64()?;
        value.near(histogram.quantile(q) as f64, relative);
    }
    compare_table(&expected, |q| histogram.quantile(q), relative)?;
    if let Some(share) = expected.find("quantile_below") {
        let found = histogram.share_at_most(input.get("value")?.u64()?);
        let absolute = tolerance(&expected, "tolerance", 0.0)?;
        share.holds((found - share.f64()?).abs() <= absolute, found);
    }
    if let Some(count) = expected.find("count") {
        let (from, to) = (input.get("from")?.u64()?, input.get("to")?.u64()?);
        count.same(histogram.between(from, to));
    }
    summary(case, &histogram);
    Ok(())
}

fn tolerance(expected: &Node<'_>, key: &str, otherwise: f64) -> Result<f64, Inexpressible> {
    expected.opt(key).map_or(Ok(otherwise), |node| node.f64())
}

/// Compares `value_at`, by quantile.
fn compare_table(expected: &Node<'_>, quantile: impl Fn(f64) -> u64, relative: f64) -> Told {
    let Some(table) = expected.find("value_at") else {
        return Ok(());
    };
    for (q, value) in table.members()? {
        let q: f64 = q
            .parse()
            .map_err(|_| table.bad("has a key that is no quantile"))?;
        value.near(quantile(q) as f64, relative);
    }
    Ok(())
}

fn summary(case: &Case<'_>, histogram: &Histogram) {
    case.check("min", histogram.min());
    case.check("max", histogram.max());
    if let Some(mean) = case.expected().find("mean") {
        mean.near(histogram.mean(), 1e-12);
    }
}

/// The exact quantiles; the histogram must lie at most a thousandth above each.
fn exact(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let mut sorted = Vec::new();
    let mut histogram = Histogram::new();
    for (value, n) in values(&input)? {
        if n > 1_000_000 {
            return Err(input.bad("has more values than can be sorted here"));
        }
        sorted.extend(std::iter::repeat_n(value, n as usize));
        histogram.record_n(value, n);
    }
    if sorted.is_empty() {
        return Err(input.bad("has no values"));
    }
    sorted.sort_unstable();
    let at = |q| nearest_rank(&sorted, q).unwrap_or(0);
    compare_table(&expected, at, 0.0)?;
    compare_table(&expected, |q| histogram.quantile(q), WIDTH)?;
    case.check("count", histogram.count());
    summary(case, &histogram);
    Ok(())
}

/// Values that a rule makes: `integers 0..99999, one each`.
fn sequence(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let rule = input.get("data_rule")?;
    let ends = rule.text()?.strip_prefix("integers ");
    let ends = ends.and_then(|rest| rest.strip_suffix(", one each"));
    let ends = ends.and_then(|rest| rest.split_once(".."));
    let ends = ends.and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    let (low, high): (u64, u64) = ends.ok_or_else(|| rule.bad("is not understood"))?;
    if high < low || high - low > 10_000_000 {
        return Err(rule.bad("is no range that can be listed here"));
    }
    let q = input.get("q")?.f64()?;
    let all: Vec<u64> = (low..=high).collect();
    let mut histogram = Histogram::new();
    all.iter().for_each(|value| histogram.record(*value));
    let relative = tolerance(&expected, "tolerance_relative", WIDTH)?;
    if let Some(exact) = expected.find("exact") {
        exact.same(nearest_rank(&all, q));
        exact.near(histogram.quantile(q) as f64, relative);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;
    use serde_json::{Value as Json, json};

    fn told(kind: &str, input: &Json, expected: &Json) -> Verdict {
        let raw = json!({"id": "x", "kind": kind, "in": input, "expected": expected});
        let case = Case::new(&raw);
        let told = run(&case);
        case.verdict(told)
    }

    #[test]
    fn a_value_one_too_high_fails_and_a_finer_scale_is_not_told() {
        let data = json!({"data": [30, 10, 20]});
        let at = |value: u64| json!({"value_at": {"0.5": value}, "count": 3, "mean": 20});
        assert_eq!(told("exact-nearest-rank", &data, &at(20)), Verdict::Passed);
        let wrong = told("exact-nearest-rank", &data, &at(21));
        assert!(matches!(wrong, Verdict::Failed(_)), "{wrong:?}");
        let fine = json!({"data": [10], "significant_digits": 5});
        let found = told("hdr-values", &fine, &json!({"value_at": {"0.5": 10}}));
        assert!(matches!(found, Verdict::NotExpressible(_)), "{found:?}");
    }
}
