//! Reading a case field by field: what was read and compared is noted, so that nothing is passed over.

use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;

/// Up to here all whole numbers are exact as floating-point numbers.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Why a case cannot be told to the engine: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inexpressible(pub String);

/// What telling a case came to; the comparisons are kept in the case.
pub type Told = Result<(), Inexpressible>;

/// What was done with the fields of one case.
#[derive(Debug, Default)]
struct Notes {
    /// Paths of the fields that were read or compared, whole subtrees by their root.
    used: BTreeSet<String>,
    compared: usize,
    misses: Vec<String>,
}

/// A case as a runner sees it.
#[derive(Debug)]
pub struct Case<'a> {
    id: &'a str,
    kind: &'a str,
    input: &'a Json,
    expected: &'a Json,
    notes: RefCell<Notes>,
}

impl<'a> Case<'a> {
    /// A case of a table; a part that is absent reads as null.
    #[must_use]
    pub fn new(raw: &'a Json) -> Self {
        Self {
            id: raw["id"].as_str().unwrap_or("?"),
            kind: raw["kind"].as_str().unwrap_or("?"),
            input: &raw["in"],
            expected: &raw["expected"],
            notes: RefCell::default(),
        }
    }

    /// Its name, for messages only: no runner may decide by it.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// Which behaviour it exercises.
    #[must_use]
    pub fn kind(&self) -> &'a str {
        self.kind
    }

    /// What is given.
    #[must_use]
    pub fn input(&self) -> Node<'_> {
        Node {
            notes: &self.notes,
            path: "in".to_owned(),
            value: self.input,
        }
    }

    /// What must come out.
    #[must_use]
    pub fn expected(&self) -> Node<'_> {
        Node {
            notes: &self.notes,
            path: "expected".to_owned(),
            value: self.expected,
        }
    }

    /// Compares `expected.<key>` if the case has it; gives whether it has.
    pub fn check(&self, key: &str, found: impl Into<Json>) -> bool {
        let field = self.expected().find(key);
        field.inspect(|field| field.same(found)).is_some()
    }

    /// The refusal of a kind that the runner does not know.
    #[must_use]
    pub fn unknown_kind(&self) -> Inexpressible {
        Inexpressible(format!("the kind \"{}\" is not known", self.kind))
    }

    /// What it came to, once the runner has told it.
    #[must_use]
    pub(super) fn verdict(&self, told: Told) -> super::Verdict {
        let notes = self.notes.borrow();
        if !notes.misses.is_empty() {
            return super::Verdict::Failed(notes.misses.join("; "));
        }
        if let Err(Inexpressible(why)) = told {
            return super::Verdict::NotExpressible(why);
        }
        let open = |root: &str, value: &Json| {
            let mut open = Vec::new();
            unused(root, value, &notes.used, &mut open);
            open
        };
        if let Some(path) = open("expected", self.expected).first() {
            return super::Verdict::NotExpressible(format!("{path} is not compared"));
        }
        if let Some(path) = open("in", self.input).first() {
            return super::Verdict::NotExpressible(format!("{path} is not understood"));
        }
        if notes.compared == 0 {
            return super::Verdict::NotExpressible("nothing is compared".to_owned());
        }
        super::Verdict::Passed
    }
}

/// Collects the leaves that nobody used.
fn unused(path: &str, value: &Json, used: &BTreeSet<String>, out: &mut Vec<String>) {
    if used.contains(path) {
        return;
    }
    match value {
        Json::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                unused(&format!("{path}.{key}"), value, used, out);
            }
        }
        Json::Array(list) if !list.is_empty() => {
            for (ix, value) in list.iter().enumerate() {
                unused(&format!("{path}[{ix}]"), value, used, out);
            }
        }
        // a root that is absent or empty asks for nothing
        Json::Null | Json::Object(_) if !path.contains(['.', '[']) => {}
        _ => out.push(path.to_owned()),
    }
}

/// A value of a case at its path.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    notes: &'a RefCell<Notes>,
    path: String,
    value: &'a Json,
}

impl<'a> Node<'a> {
    fn below(&self, path: String, value: &'a Json) -> Self {
        let notes = self.notes;
        Self { notes, path, value }
    }

    fn mark(&self) {
        self.notes.borrow_mut().used.insert(self.path.clone());
    }

    /// A refusal that names this field.
    #[must_use]
    pub fn bad(&self, why: impl Display) -> Inexpressible {
        Inexpressible(format!("{} {why}", self.path))
    }

    fn wrong(&self, wanted: &str) -> Inexpressible {
        let mut text = self.value.to_string();
        if text.len() > 60 {
            text = format!("{}...", text.chars().take(57).collect::<String>());
        }
        self.bad(format!("is {text}, not {wanted}"))
    }

    // ---- walking ---------------------------------------------------------------------------

    /// The field, as it is; `None` if there is none.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(self.below(format!("{}.{key}", self.path), value))
    }

    /// The field, if it is there and not null.
    #[must_use]
    pub fn opt(&self, key: &str) -> Option<Self> {
        let field = self.find(key)?;
        if field.value.is_null() {
            field.mark();
            return None;
        }
        Some(field)
    }

    /// The field.
    ///
    /// # Errors
    /// If it is absent or null.
    pub fn get(&self, key: &str) -> Result<Self, Inexpressible> {
        let missing = || Inexpressible(format!("{}.{key} is missing", self.path));
        self.opt(key).ok_or_else(missing)
    }

    /// The values of a list.
    ///
    /// # Errors
    /// If it is no list.
    pub fn items(&self) -> Result<Vec<Self>, Inexpressible> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        if list.is_empty() {
            self.mark();
        }
        let item =
            |(ix, value): (usize, &'a Json)| self.below(format!("{}[{ix}]", self.path), value);
        Ok(list.iter().enumerate().map(item).collect())
    }

    /// The fields of an object, by key.
    ///
    /// # Errors
    /// If it is no object.
    pub fn members(&self) -> Result<Vec<(&'a str, Self)>, Inexpressible> {
        let map: &Map<String, Json> = self
            .value
            .as_object()
            .ok_or_else(|| self.wrong("an object"))?;
        if map.is_empty() {
            self.mark();
        }
        let member = |(key, value): (&'a String, &'a Json)| {
            (
                key.as_str(),
                self.below(format!("{}.{key}", self.path), value),
            )
        };
        Ok(map.iter().map(member).collect())
    }

    /// Whether the value is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Whether the value is a text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.value.is_string()
    }

    /// Whether the value is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// Whether the value is true or false.
    #[must_use]
    pub fn is_flag(&self) -> bool {
        self.value.is_boolean()
    }

    // ---- reading ---------------------------------------------------------------------------

    /// The whole value; counts as used with all that is below it.
    #[must_use]
    pub fn json(&self) -> &'a Json {
        self.mark();
        self.value
    }

    /// Notes that the value is understood and has no bearing on the engine (`why`: for readers).
    pub fn aside(&self, _why: &str) {
        self.mark();
    }

    fn read<T>(&self, wanted: &str, value: Option<T>) -> Result<T, Inexpressible> {
        self.mark();
        value.ok_or_else(|| self.wrong(wanted))
    }

    /// A whole number from 0 on.
    ///
    /// # Errors
    /// If it is none.
    pub fn u64(&self) -> Result<u64, Inexpressible> {
        let whole = |x: f64| ((0.0..=WHOLE_MAX).contains(&x) && x.fract() == 0.0).then_some(x);
        let of_float = || self.value.as_f64().and_then(whole).map(|x| x as u64);
        self.read("a whole number", self.value.as_u64().or_else(of_float))
    }

    /// A whole number from 0 to 2^32 - 1.
    ///
    /// # Errors
    /// If it is none.
    pub fn u32(&self) -> Result<u32, Inexpressible> {
        u32::try_from(self.u64()?).map_err(|_| self.wrong("a number below 2^32"))
    }

    /// A number.
    ///
    /// # Errors
    /// If it is none.
    pub fn f64(&self) -> Result<f64, Inexpressible> {
        self.read("a number", self.value.as_f64())
    }

    /// A text.
    ///
    /// # Errors
    /// If it is none.
    pub fn text(&self) -> Result<&'a str, Inexpressible> {
        self.read("a text", self.value.as_str())
    }

    /// Yes or no.
    ///
    /// # Errors
    /// If it is neither.
    pub fn flag(&self) -> Result<bool, Inexpressible> {
        self.read("true or false", self.value.as_bool())
    }

    /// A number of up to 128 bits, as decimal text or as a number.
    ///
    /// # Errors
    /// If it is none.
    pub fn u128(&self) -> Result<u128, Inexpressible> {
        let of_text = self.value.as_str().and_then(|text| text.parse().ok());
        let of_number = || self.value.as_u64().map(u128::from);
        self.read("a number of 128 bits", of_text.or_else(of_number))
    }

    /// A span in seconds, as microseconds.
    ///
    /// # Errors
    /// If it is no number of seconds from 0 up to a thousand years.
    pub fn seconds(&self) -> Result<u64, Inexpressible> {
        self.span(1e6)
    }

    /// A span in milliseconds, as microseconds.
    ///
    /// # Errors
    /// If it is no number of milliseconds from 0 up to a thousand years.
    pub fn millis(&self) -> Result<u64, Inexpressible> {
        self.span(1e3)
    }

    fn span(&self, unit_us: f64) -> Result<u64, Inexpressible> {
        let us = libm::round(self.f64()? * unit_us);
        let fits = (0.0..=3.2e16).contains(&us);
        fits.then_some(us as u64)
            .ok_or_else(|| self.wrong("a span"))
    }

    // ---- comparing -------------------------------------------------------------------------

    /// Compares the whole value; numbers by their value, whatever their form.
    pub fn same(&self, found: impl Into<Json>) {
        let found = found.into();
        self.holds(alike(self.value, &found), found);
    }

    /// Compares a number with a relative tolerance.
    pub fn near(&self, found: f64, relative: f64) {
        let wanted = self.value.as_f64();
        let close = |wanted: f64| (found - wanted).abs() <= relative * wanted.abs();
        self.holds(wanted.is_some_and(close), found);
    }

    /// Compares a range `[low, high]`: both numbers found must lie in it.
    pub fn within(&self, least: f64, most: f64) {
        let end = |ix: usize| self.value.get(ix).and_then(Json::as_f64);
        let fits = |(low, high): (f64, f64)| low <= least && least <= most && most <= high;
        let fits = end(0).zip(end(1)).is_some_and(fits);
        self.holds(fits, format!("{least}..{most}"));
    }

    /// Compares a range `[low, high]` whose ends must both be met.
    pub fn spans(&self, least: f64, most: f64) {
        let meets = |ix: usize, found: f64| {
            let end = self.value.get(ix).and_then(Json::as_f64);
            end.is_some_and(|end| (end - found).abs() <= 1e-9 * end.abs().max(1.0))
        };
        let meets = meets(0, least) && meets(1, most);
        self.holds(meets, format!("{least}..{most}"));
    }

    /// Notes a comparison that was made elsewhere, and what was found.
    pub fn holds(&self, ok: bool, found: impl Display) {
        self.mark();
        let mut notes = self.notes.borrow_mut();
        notes.compared += 1;
        if !ok {
            let miss = format!("{}: wanted {}, found {found}", self.path, self.value);
            notes.misses.push(miss);
        }
    }
}

fn alike(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(x), Json::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Json::Array(x), Json::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| alike(x, y))
        }
        (Json::Object(x), Json::Object(y)) => {
            let same = |(key, x): (&String, &Json)| y.get(key).is_some_and(|y| alike(x, y));
            x.len() == y.len() && x.iter().all(same)
        }
        _ => a == b,
    }
}
