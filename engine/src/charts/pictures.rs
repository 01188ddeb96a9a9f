//! Tests of whole pictures. `MILLRACE_PICTURES=<folder> cargo test pictures` writes them there, to be looked at.

use crate::base::sorted::SortedMap;
use std::fs;
use std::path::Path;

use super::build::{self, StreamLimits, View};
use super::draw::{Drawn, Said, record};
use super::heat;
use super::list::{Anchor, Estimate, List, Measure, Op, Text, Token};
use super::spec::{Chart, Limit};
use super::svg::svg;
use crate::base::rng::Rng;
use crate::base::time::SECOND;
use crate::run::history::{LatencyPoint, Point};

const SMALL: (f32, f32) = (252.0, 100.0);
const LARGE: (f32, f32) = (900.0, 260.0);

/// The page's own words; a key that is missing there stays and is found by `all_words_are_there`.
fn word(key: &str) -> String {
    let text = include_str!("../../../static/text/en/charts.json");
    let words: SortedMap<String, String> = serde_json::from_str(text).expect("words by key");
    words.get(key).map_or(key, String::as_str).to_owned()
}

fn view(seconds: u64) -> View {
    View {
        from: 0,
        to: seconds * SECOND,
        head: seconds * SECOND,
        cursor: None,
        clock: Some(36_000.0),
    }
}

/// A quiet start, then doors open at a third: values around `low`, then around `high`.
fn step(seconds: u64, low: u64, high: u64, seed: u64) -> Vec<Point> {
    let mut rng = Rng::stream(seed, 0, "pictures");
    let (open, rise) = (seconds / 3, (seconds / 6).max(1));
    (0..seconds)
        .map(|at| {
            let share = at.saturating_sub(open).min(rise);
            let level = low + (high.saturating_sub(low)) * share / rise;
            let sum = level + rng.below(level / 12 + 1);
            Point {
                at: at * SECOND,
                span: SECOND,
                sum,
                samples: 1,
                max: sum,
            }
        })
        .collect()
}

fn throughput(seconds: u64) -> Chart {
    let limits = StreamLimits {
        all: 10_000.0,
        used: 4_000.0,
        shards: 4,
    };
    let mut refused = step(seconds, 0, 2_000, 3);
    refused.retain(|point| point.sum > 0);
    build::throughput(
        &view(seconds),
        &step(seconds, 800, 5_800, 1),
        &step(seconds, 800, 3_800, 2),
        &refused,
        Some(limits),
    )
}

fn latency(seconds: u64, scale: u64) -> Chart {
    let high = step(seconds, 900_000, 1_500_000, 5);
    let points: Vec<LatencyPoint> = high
        .iter()
        .filter(|point| !(80..95).contains(&(point.at / SECOND)))
        .map(|point| LatencyPoint {
            at: point.at,
            span: point.span,
            count: 100,
            p50: point.sum / 6,
            p95: point.sum / 2,
            p99: point.sum * scale,
            max: point.sum * scale,
        })
        .collect();
    build::latency(&view(seconds), &points, 0.333)
}

fn age(seconds: u64) -> Chart {
    let points: Vec<Point> = (0..seconds)
        .map(|at| Point {
            at: at * SECOND,
            span: SECOND,
            sum: 0,
            samples: 1,
            max: at.saturating_sub(seconds / 2) * 400_000 + 900_000,
        })
        .collect();
    let view = View {
        cursor: Some(seconds * 7 / 10 * SECOND),
        ..view(seconds)
    };
    build::age(&view, &points, None, Some(42_000_000))
}

fn strip(shards: u32, hot: &[u32], seconds: u64) -> heat::Heat {
    let row = |id: u32| {
        let points = if hot.contains(&id) {
            step(seconds, 220, 1_500, u64::from(id))
        } else if id % 3 == 1 {
            step(seconds, 60, 500, u64::from(id))
        } else {
            Vec::new()
        };
        (id, points)
    };
    let rows: Vec<_> = (0..shards).map(row).collect();
    build::heat(&view(seconds), &rows, 1_000.0)
}

/// All pictures with their names.
fn gallery(size: (f32, f32)) -> Vec<(&'static str, List, Drawn)> {
    let charts = [
        ("throughput", throughput(252)),
        ("throughput-calm", calm(252)),
        ("latency", latency(252, 1)),
        ("latency-log", latency(252, 90)),
        ("age", age(252)),
        ("zero", zero()),
        ("nothing", build::age(&view(60), &[], None, None)),
        ("bars", bars()),
    ];
    let mut out = Vec::new();
    for (name, chart) in charts {
        let mut list = List::default();
        let drawn = record(&chart, size, &Estimate, &word, &mut list);
        out.push((name, list, drawn));
    }
    let many: Vec<u32> = (0..200).filter(|id| id % 37 == 5).collect();
    let strips = [
        ("heat", strip(10, &[2, 5, 7, 8], 252)),
        ("heat-24", strip(24, &[2, 5, 17, 18], 252)),
        ("heat-200", strip(200, &many, 252)),
    ];
    for (name, strip) in strips {
        let mut list = List::default();
        let drawn = heat::record(&strip, size, &Estimate, &word, &mut list);
        out.push((name, list, drawn));
    }
    out
}

fn calm(seconds: u64) -> Chart {
    let limits = StreamLimits {
        all: 10_000.0,
        used: 10_000.0,
        shards: 10,
    };
    let rate = step(seconds, 800, 800, 1);
    build::throughput(&view(seconds), &rate, &rate, &[], Some(limits))
}

fn zero() -> Chart {
    let points: Vec<Point> = step(60, 0, 0, 1);
    build::age(&view(60), &points, None, None)
}

fn bars() -> Chart {
    let limit = Limit {
        label: "chart.limit.stream",
        of: None,
        value: 40.0,
    };
    let points: Vec<Point> = step(30, 4, 30, 4);
    let mut chart = build::level(
        &view(30),
        "chart.age",
        super::number::Unit::Count,
        &points,
        Some(limit),
    );
    chart.series[0].style = super::spec::Style::Bars;
    chart
}

fn color(dark: bool, token: Token) -> String {
    let css = include_str!("../../../static/css/charts.css");
    let at = css.find(&format!("{}: light-dark(", token.property()));
    let rest = at.map_or("", |at| &css[at..]);
    let values = rest.split(['(', ')']).nth(1).unwrap_or("red,red");
    let value = values.split(',').nth(usize::from(dark));
    value.unwrap_or("red").trim().to_owned()
}

#[test]
fn all_tokens_have_a_colour_in_both_themes() {
    for token in Token::ALL {
        for dark in [false, true] {
            let color = color(dark, token);
            assert!(
                color.starts_with('#') && color.len() == 7,
                "{token:?}: {color}"
            );
        }
    }
}

#[test]
fn small_text_and_thin_lines_stand_out_from_the_ground() {
    use Token::{Age, In, Limit, Out, P50, P95, P99, Refused, Text};
    for dark in [false, true] {
        let ground = luminance(&color(dark, Token::Panel));
        for token in [In, Out, Refused, Limit, Age, P50, P95, P99, Text] {
            let own = luminance(&color(dark, token));
            let ratio = (own.max(ground) + 0.05) / (own.min(ground) + 0.05);
            assert!(ratio >= 4.5, "{token:?} dark {dark}: {ratio}");
        }
    }
}

fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let value = u8::from_str_radix(&color[at..at + 2], 16).expect("a colour");
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            libm::pow((share + 0.055) / 1.055, 2.4)
        }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

/// The box around a text: left, right, top, bottom.
fn bounds(text: &Text) -> (f32, f32, f32, f32) {
    let width = Estimate.width(&text.words, text.size, text.bold);
    let left = match text.anchor {
        Anchor::Start => text.x,
        Anchor::Middle => text.x - width / 2.0,
        Anchor::End => text.x - width,
    };
    let half = text.size * 0.36; // digits and capitals; tails may reach into the gap below
    (left, left + width, text.y - half, text.y + half)
}

fn texts(list: &List) -> impl Iterator<Item = &Text> {
    list.ops.iter().filter_map(|op| match op {
        Op::Text(text) => Some(text),
        _ => None,
    })
}

#[test]
fn no_text_leaves_the_picture_or_covers_another() {
    for size in [SMALL, LARGE, (160.0, 80.0), (360.0, 120.0), (600.0, 200.0)] {
        for (name, list, _) in gallery(size) {
            let boxes: Vec<_> = texts(&list).map(|text| (bounds(text), text)).collect();
            for (at, ((left, right, top, bottom), text)) in boxes.iter().enumerate() {
                let inside = *left >= -0.5
                    && *right <= list.width + 0.5
                    && *top >= -0.5
                    && *bottom <= list.height + 0.5;
                assert!(inside, "{name} {size:?}: {text:?}");
                for ((l, r, t, b), other) in &boxes[at + 1..] {
                    let apart = r <= left || l >= right || b <= top || t >= bottom;
                    assert!(apart, "{name} {size:?}: {text:?} covers {other:?}");
                }
            }
        }
    }
}

#[test]
fn all_words_are_there() {
    let mut seen = 0;
    for (name, list, _) in gallery(LARGE) {
        for text in texts(&list) {
            assert!(!text.words.contains("chart."), "{name}: {text:?}");
            seen += 1;
        }
    }
    assert!(seen > 50);
    let strip = strip(10, &[2], 60);
    let head = heat::table(&strip, &word).head;
    assert!(head.iter().all(|word| !word.contains("chart.")), "{head:?}");
}

#[test]
fn all_points_lie_in_the_picture_and_pictures_stay_small() {
    for (name, list, drawn) in gallery(SMALL) {
        let inside = |(x, y): &(f32, f32)| {
            (-1.0..=list.width + 1.0).contains(x) && (-1.0..=list.height + 1.0).contains(y)
        };
        assert!(list.points.iter().all(inside), "{name}");
        assert!(list.ops.len() < 2_500, "{name}: {}", list.ops.len());
        assert!(
            drawn.right > drawn.left && drawn.bottom > drawn.top,
            "{name}"
        );
        let middle = (drawn.left + drawn.right) / 2.0;
        let half = (drawn.x.to - drawn.x.from) / 2.0;
        let at = drawn.time_at(middle).expect("the middle is in the plot");
        assert!((at - half).abs() < 1e-3 * half, "{name}");
        assert_eq!(drawn.time_at(drawn.right + 1.0), None);
    }
}

#[test]
fn a_picture_without_lines_says_so() {
    let said = |name: &str| {
        let gallery = gallery(SMALL);
        let found = gallery.iter().find(|(own, ..)| *own == name);
        let (_, list, drawn) = found.expect("a picture");
        (
            drawn.said,
            texts(list).any(|text| text.words.contains(' ') && text.size > 0.0),
        )
    };
    assert_eq!(said("zero"), (Said::Flat(0.0), true));
    assert_eq!(said("nothing").0, Said::Nothing);
    assert_eq!(said("throughput").0, Said::Lines);
    let mut list = List::default();
    let tiny = record(&throughput(60), (20.0, 10.0), &Estimate, &word, &mut list);
    assert_eq!((tiny, list.ops.len()), (Drawn::default(), 0));
    record(&Chart::default(), SMALL, &Estimate, &word, &mut list);
    assert!(texts(&list).any(|text| text.words == "Nothing to show yet"));
}

#[test]
fn over_the_limit_is_hatched_and_not_only_coloured() {
    let mut list = List::default();
    heat::record(&strip(10, &[2], 252), SMALL, &Estimate, &word, &mut list);
    let over = list.ops.iter().filter(|op| match op {
        Op::Rect { ink, .. } => ink.token == Token::Over,
        _ => false,
    });
    let hatches = list.ops.iter().filter(|op| match op {
        Op::Path { ink, .. } => ink.token == Token::Panel,
        _ => false,
    });
    assert!(over.count() >= 1);
    assert!(hatches.count() >= 20);
}

#[test]
fn a_hot_shard_among_many_is_seen() {
    let strip = strip(200, &[77], 252);
    let table = heat::table(&strip, &str::to_owned);
    assert_eq!(table.rows.len(), 200, "in the table each has a row");
    let over: Vec<_> = table.rows.iter().filter(|row| row[3] != "0 %").collect();
    assert_eq!(over.len(), 1);
    assert_eq!(over[0][0], "77", "{over:?}");
    let csv = heat::csv(&strip, &word);
    let peak = over[0][1].replace(',', "");
    assert!(
        csv.lines()
            .any(|line| line.starts_with("77,") && line.contains(&peak))
    );
    let mut list = List::default();
    heat::record(&strip, SMALL, &Estimate, &word, &mut list);
    let red = |op: &&Op| matches!(op, Op::Rect { ink, .. } if ink.token == Token::Over);
    assert!(list.ops.iter().filter(red).count() > 0, "and it is drawn");
}

/// A picture small enough to be read as text; `MILLRACE_GOLDEN=write` writes it again after a wanted change.
#[test]
fn the_golden_picture_stays() {
    let mut list = List::default();
    record(&throughput(6), (200.0, 90.0), &Estimate, &word, &mut list);
    let drawn = svg(&list, &|token| color(false, token));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/throughput.svg");
    if std::env::var_os("MILLRACE_GOLDEN").is_some() {
        fs::write(&path, &drawn).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        drawn, golden,
        "MILLRACE_GOLDEN=write cargo test golden, and look at it"
    );
}

#[test]
fn the_gallery_can_be_written() {
    let Some(folder) = std::env::var_os("MILLRACE_PICTURES") else {
        return;
    };
    let folder = Path::new(&folder);
    for (size_name, size) in [("small", SMALL), ("large", LARGE)] {
        for dark in [false, true] {
            let theme = if dark { "dark" } else { "light" };
            for (name, list, _) in gallery(size) {
                let path = folder.join(format!("{theme}-{size_name}-{name}.svg"));
                fs::write(path, svg(&list, &|token| color(dark, token))).expect("writable");
            }
        }
    }
}
