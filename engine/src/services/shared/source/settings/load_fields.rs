//! Fields of load: shapes and traces.

use super::{
    ARRIVALS, RATE_MAX, SCALE, SPREAD, Settings, VALUE_IS, ValueIs, field, index, small, word,
};
use crate::base::time::{DAY, MS, SECOND};
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::shared::load::Shape;
use crate::services::shared::source::Preset;

/// The fields of load.
impl<P: Preset> Settings<P> {
    /// Shape of the load.
    pub const SHAPE: Field<Self> = field!(
        "shape",
        Kind::Choice(Shape::WORDS),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Text(c.load.shape.word().to_owned()),
        set | c,
        v | {
            let ix = index(Shape::WORDS, v)?;
            c.values.load.shape = Shape::of(Shape::WORDS[ix]).unwrap_or(Shape::Constant);
            Ok(())
        }
    );
    /// Rate.
    pub const RATE: Field<Self> = field!(
        "rate",
        Kind::Decimal {
            min: 0,
            max: RATE_MAX,
            places: 3
        },
        "rec/s",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(c.load.rate as i64),
        set | c,
        v | v.uint().map(|n| c.values.load.rate = n)
    );
    /// Rate after or on top.
    pub const RATE_AFTER: Field<Self> = field!(
        "rate_after",
        Kind::Decimal {
            min: 0,
            max: RATE_MAX,
            places: 3
        },
        "rec/s",
        Change::Live,
        "own",
        shown | c | !matches!(c.load.shape, Shape::Constant | Shape::DayWave),
        get | c | Value::Int(c.load.rate_after as i64),
        set | c,
        v | v.uint().map(|n| c.values.load.rate_after = n)
    );
    /// When it changes.
    pub const AT: Field<Self> = field!(
        "at",
        Kind::Span {
            min: 0,
            max: 365 * DAY
        },
        "",
        Change::Live,
        "own",
        shown | c | !matches!(c.load.shape, Shape::Constant | Shape::DayWave),
        get | c | Value::Int(c.load.at as i64),
        set | c,
        v | v.uint().map(|us| c.values.load.at = us)
    );
    /// How long.
    pub const LASTING: Field<Self> = field!(
        "lasting",
        Kind::Span {
            min: 1,
            max: 7 * DAY
        },
        "",
        Change::Live,
        "own",
        shown | c | matches!(c.load.shape, Shape::Ramp | Shape::Spike | Shape::Bursts),
        get | c | Value::Int(c.load.lasting as i64),
        set | c,
        v | v.uint().map(|us| c.values.load.lasting = us)
    );
    /// Period of bursts.
    pub const PERIOD: Field<Self> = field!(
        "period",
        Kind::Span {
            min: SECOND,
            max: 7 * DAY
        },
        "",
        Change::Live,
        "own",
        shown | c | c.load.shape == Shape::Bursts,
        get | c | Value::Int(c.load.period as i64),
        set | c,
        v | v.uint().map(|us| c.values.load.period = us)
    );
    /// Peak over mean of a day.
    pub const PEAK_FACTOR: Field<Self> = field!(
        "peak_factor",
        Kind::Decimal {
            min: 1_000,
            max: 2_000,
            places: 3
        },
        "x",
        Change::Live,
        "own",
        shown | c | c.load.shape == Shape::DayWave,
        get | c | Value::Int(c.load.peak_milli as i64),
        set | c,
        v | v.uint().map(|n| c.values.load.peak_milli = n)
    );
    /// Hour of the peak.
    pub const PEAK_HOUR: Field<Self> = field!(
        "peak_hour",
        Kind::Int { min: 0, max: 23 },
        "h UTC",
        Change::Live,
        "own",
        shown | c | c.load.shape == Shape::DayWave,
        get | c | Value::Int(i64::from(c.load.peak_hour)),
        set | c,
        v | small(v).map(|n| c.values.load.peak_hour = n)
    );
    /// Regular or by chance.
    pub const ARRIVALS: Field<Self> = field!(
        "arrivals",
        Kind::Choice(ARRIVALS),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | word(ARRIVALS, usize::from(c.poisson)),
        set | c,
        v | index(ARRIVALS, v).map(|ix| c.values.poisson = ix == 1)
    );
    /// Width of a tick.
    pub const TICK: Field<Self> = field!(
        "tick",
        Kind::Span {
            min: MS,
            max: 10 * SECOND
        },
        "",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | Value::Int(c.tick as i64),
        set | c,
        v | v.uint().map(|us| c.values.tick = us)
    );

    /// Whether clients send at their own moments.
    pub const IN_STEP: Field<Self> = field!(
        "in_step",
        Kind::Flag,
        "",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | Value::Flag(c.in_step),
        set | c,
        v | v.flag().map(|flag| c.values.in_step = flag)
    );
}

/// The fields of a trace.
impl<P: Preset> Settings<P> {
    /// Which trace.
    pub const TRACE: Field<Self> = field!(
        "trace",
        Kind::Text { chars_max: 200 },
        "",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | Value::Text(c.trace.clone()),
        set | c,
        v | v.text().map(|text| text.clone_into(&mut c.values.trace))
    );
    /// How values become records.
    pub const SCALE: Field<Self> = field!(
        "scale",
        Kind::Choice(SCALE),
        "",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | word(SCALE, usize::from(c.scale)),
        set | c,
        v | index(SCALE, v).map(|ix| c.values.scale = u8::try_from(ix).unwrap_or(0))
    );
    /// Rate of the largest value.
    pub const PEAK: Field<Self> = field!(
        "peak",
        Kind::Decimal {
            min: 1,
            max: RATE_MAX,
            places: 3
        },
        "rec/s",
        Change::Restart,
        "own",
        shown | c | c.scale == 0,
        get | c | Value::Int(c.peak as i64),
        set | c,
        v | v.uint().map(|n| c.values.peak = n)
    );
    /// Factor.
    pub const FACTOR: Field<Self> = field!(
        "factor",
        Kind::Decimal {
            min: 1,
            max: 1_000_000_000_000,
            places: 6
        },
        "x",
        Change::Restart,
        "own",
        shown | c | c.scale == 1,
        get | c | Value::Int(c.factor as i64),
        set | c,
        v | v.uint().map(|n| c.values.factor = n)
    );
    /// What a value is.
    pub const VALUE_IS: Field<Self> = field!(
        "value_is",
        Kind::Choice(VALUE_IS),
        "",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | word(VALUE_IS, c.value_is as usize),
        set | c,
        v | index(VALUE_IS, v).map(|ix| c.values.value_is = ValueIs::of(ix))
    );
    /// Peak over mean inside a step.
    pub const BURST: Field<Self> = field!(
        "burst",
        Kind::Decimal {
            min: 1_000,
            max: 10_000,
            places: 3
        },
        "x",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.burst_milli)),
        set | c,
        v | small(v).map(|n| c.values.burst_milli = n)
    );
    /// How records lie in a step.
    pub const SPREAD: Field<Self> = field!(
        "spread",
        Kind::Choice(SPREAD),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | word(SPREAD, usize::from(c.poisson)),
        set | c,
        v | index(SPREAD, v).map(|ix| c.values.poisson = ix == 1)
    );
}
