//! Bad text for the decoders: good text changed at a few places, and structured rubbish of the words that they know.

use millrace_engine::base::rng::Rng;
use millrace_engine::services::{LinkKind, ServiceKind};

/// What numbers, words and marks are replaced by.
const TOKENS: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1",
    "1e308",
    "1e999",
    "-1e308",
    "1e-400",
    "0.1",
    "00",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "9223372036854775807",
    "4294967296",
    "2147483648",
    "1000000000",
    "34560000000001",
    "NaN",
    "Infinity",
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "ä",
    "😀",
    "\\",
    "\"",
    "'",
    ",",
    ",,",
    ":",
    ";",
    "\t",
    "\r",
    "\r\n",
    "\n",
    "\n\n",
    "[",
    "]",
    "{",
    "}",
    "<b>",
    "//",
    "/*",
    "#",
    "=",
    "%00",
    "1s",
    "-5ms",
    "99999999999h",
    "24h",
    "2014-04-10T00:04:00Z",
    "9999-12-31T23:59:59Z",
    "-9999-01-01",
    "2014-02-30 25:61:00",
    "1e17",
    "t_s",
    "timestamp",
    "value",
    "time",
    "key",
    "bytes",
    "op",
    "amount",
    "deposit",
    "store-*",
    "*",
    "**",
    "shards",
    "rate",
    "crash",
    "slow",
    "lost-ack",
    "set",
    "add-node",
    "many",
    "move",
    "UTC",
    "millrace",
    "clip",
];

/// Keys and words of the formats, for rubbish that looks like them.
const KEYS: &[&str] = &[
    "format",
    "engine",
    "design",
    "inputs",
    "end",
    "rules",
    "seed",
    "start_us",
    "zone",
    "nodes",
    "wires",
    "layout",
    "traces",
    "records",
    "id",
    "service",
    "settings",
    "kind",
    "from",
    "to",
    "places",
    "names",
    "world",
    "keys",
    "rows",
    "at_us",
    "n",
    "edit",
    "fault",
    "set",
    "add-node",
    "remove-node",
    "add-wire",
    "remove-wire",
    "move",
    "rename",
    "many",
    "at",
    "field",
    "value",
    "x",
    "y",
    "name",
    "node",
    "lasts",
    "times",
    "percent",
    "digest",
    "millrace",
];

fn pick<'a, T>(rng: &mut Rng, list: &'a [T]) -> &'a T {
    &list[rng.below(list.len() as u64) as usize]
}

/// A range within `len`, short as a rule.
fn range(rng: &mut Rng, len: usize) -> std::ops::Range<usize> {
    let at = rng.below(len as u64 + 1) as usize;
    let most = if rng.below(4) == 0 { len } else { 12 };
    let end = at + rng.below(most as u64 + 1) as usize;
    at..end.min(len)
}

/// A run of what is part of a word or number around a place, to replace a whole token.
fn token_at(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+._:".contains(byte);
    let begin = text[..at].iter().rposition(|byte| !part(byte));
    let end = text[at..].iter().position(|byte| !part(byte));
    begin.map_or(0, |begin| begin + 1)..end.map_or(text.len(), |end| at + end)
}

fn once(rng: &mut Rng, text: &mut Vec<u8>, other: &[u8]) {
    let at = rng.below(text.len() as u64 + 1) as usize;
    match rng.below(12) {
        0 if at < text.len() => text[at] ^= 1 << rng.below(8),
        1 => drop(text.drain(range(rng, text.len()))),
        2 => {
            let part = text[range(rng, text.len())].to_vec();
            text.splice(at..at, part);
        }
        3 => text.truncate(at),
        4 => {
            let part = other[range(rng, other.len())].to_vec();
            text.splice(at..at, part);
        }
        5 => {
            let word = pick(rng, TOKENS).bytes();
            text.splice(at..at, word);
        }
        6 => {
            let many = pick(
                rng,
                &["[", "{\"a\":", "{\"many\":[", "9", "\"", ",", "\n", " "],
            );
            let deep = many.repeat(1 + rng.below(400) as usize);
            text.splice(at..at, deep.bytes());
        }
        7 => {
            let word = match rng.below(3) {
                0 => pick(rng, ServiceKind::ALL).entry().id,
                1 => pick(rng, LinkKind::ALL).entry().id,
                _ => pick(rng, KEYS),
            };
            text.splice(token_at(text, at), word.bytes());
        }
        _ => {
            let word = pick(rng, TOKENS).bytes();
            text.splice(token_at(text, at), word);
        }
    }
}

/// Good text, changed at one place, or at up to six; `other` lends parts.
pub(crate) fn changed(rng: &mut Rng, good: &str, other: &str) -> String {
    let mut text = good.as_bytes().to_vec();
    let more = if rng.below(3) == 0 { rng.below(6) } else { 0 };
    for _ in 0..=more {
        once(rng, &mut text, other.as_bytes());
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// JSON of the formats' own words in no sensible order.
pub(crate) fn rubbish(rng: &mut Rng, deep: u32) -> String {
    let count = rng.below(6) as usize;
    match rng.below(if deep > 5 { 3 } else { 6 }) {
        0 => (*pick(rng, TOKENS)).to_owned(),
        1 => format!("\"{}\"", pick(rng, KEYS)),
        2 => rng.next_u64().to_string(),
        3 => {
            let list: Vec<String> = (0..count).map(|_| rubbish(rng, deep + 1)).collect();
            format!("[{}]", list.join(","))
        }
        _ => {
            let pairs =
                (0..count).map(|_| format!("\"{}\":{}", pick(rng, KEYS), rubbish(rng, deep + 1)));
            let pairs: Vec<String> = pairs.collect();
            format!("{{{}}}", pairs.join(","))
        }
    }
}

/// Lines of cells.
pub(crate) fn cells(rng: &mut Rng) -> String {
    let mut text = String::new();
    let heads = [
        "t_s,value\n",
        "timestamp,value\n",
        "time,key,bytes,op,amount\n",
        "",
    ];
    let head = *pick(rng, &heads);
    text.push_str(head);
    for _ in 0..rng.below(12) {
        for cell in 0..1 + rng.below(6) {
            text.push_str(if cell > 0 { "," } else { "" });
            let number = rng.below(4) > 0;
            let token = *pick(rng, TOKENS);
            let own = number.then(|| rng.below(100_000).to_string());
            text.push_str(own.as_deref().unwrap_or(token));
        }
        text.push('\n');
    }
    text
}
