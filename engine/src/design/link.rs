//! A file as the fragment of an address: `m1.` and the file's JSON, deflated (RFC 1951), in
//! base64url (RFC 4648, section 5) without padding. Reading is strict: one spelling, capped sizes,
//! and a sentence for everything else.

use super::file::{self, File};
use crate::services::contract::Problem;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// What a fragment of this form begins with.
const MARK: &str = "m1.";
/// Longest fragment [characters]: mail programs and chats cut longer addresses (own choice).
pub const CHARS_MAX: usize = 8_000;
/// Largest file behind a fragment [B]: deflate makes a thousandth of what repeats.
pub const TEXT_MAX: usize = 1 << 20;
/// How hard deflate tries; the best that it can.
const LEVEL: u8 = 10;

const BASE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, NO_PAD);

/// A run that does not fit into an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// How long the fragment would be [characters].
    pub chars: usize,
}

impl TooLong {
    /// By how many characters it is too long.
    #[must_use]
    pub fn over(self) -> usize {
        self.chars.saturating_sub(CHARS_MAX)
    }
}

/// The fragment for a file, without the `#`.
///
/// # Errors
/// If it would be longer than [`CHARS_MAX`].
pub fn write(file: &File) -> Result<String, TooLong> {
    let packed = compress_to_vec(file::write_dense(file).as_bytes(), LEVEL);
    let fragment = format!("{MARK}{}", BASE.encode(packed));
    match fragment.len() {
        chars if chars > CHARS_MAX => Err(TooLong { chars }),
        _ => Ok(fragment),
    }
}

/// Whether a fragment claims to be a run: it begins like one, of this version or of another.
#[must_use]
pub fn is_one(fragment: &str) -> bool {
    let mark = fragment.split_once('.').map(|(mark, _)| mark);
    mark.and_then(|mark| mark.strip_prefix('m'))
        .is_some_and(|version| !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()))
}

/// Reads a fragment, without the `#`.
///
/// # Errors
/// All problems found, as sentences that name what and where.
pub fn read(fragment: &str) -> Result<File, Vec<Problem>> {
    let text = unpack(fragment).map_err(|text| {
        vec![Problem {
            at: String::new(),
            field: String::new(),
            text,
            fatal: true,
        }]
    })?;
    file::read(&text)
}

fn unpack(fragment: &str) -> Result<String, String> {
    let Some(packed) = fragment.strip_prefix(MARK) else {
        let mark: String = fragment.chars().take(8).collect();
        return Err(format!(
            "The link begins with \"{mark}\"; this version reads links that begin with \"{MARK}\"."
        ));
    };
    if fragment.len() > CHARS_MAX {
        let chars = fragment.len();
        return Err(format!(
            "The link has {chars} characters; at most {CHARS_MAX} are read."
        ));
    }
    let bytes = BASE.decode(packed).map_err(|error| {
        use base64::DecodeError::{InvalidByte, InvalidLastSymbol, InvalidLength, InvalidPadding};
        match error {
            InvalidByte(at, byte) | InvalidLastSymbol(at, byte) => format!(
                "The link is damaged: \"{}\" cannot stand at its character {}.",
                byte.escape_ascii(),
                at + MARK.len() + 1
            ),
            InvalidLength(_) | InvalidPadding => {
                "The link is damaged: its end is missing or was added to.".to_owned()
            }
        }
    })?;
    let text = decompress_to_vec_with_limit(&bytes, TEXT_MAX).map_err(|error| {
        if error.status == TINFLStatus::HasMoreOutput {
            format!("The link holds more than {TEXT_MAX} bytes; no more are read.")
        } else {
            "The link is damaged: what it holds cannot be unpacked; a part of it may be missing."
                .to_owned()
        }
    })?;
    String::from_utf8(text).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("The link is damaged: what it holds is no text at byte {at}.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::file::{Act, Input};
    use crate::design::{Design, Edit};

    fn file() -> File {
        let node = |id: &str, service: &str| Edit::AddNode {
            id: id.to_owned(),
            service: service.to_owned(),
            settings: [].into(),
        };
        let wire = |kind: &str, from: &str, to: &str| Edit::AddWire {
            id: format!("{from}-{to}"),
            kind: kind.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            settings: [].into(),
        };
        let design = Design::default().apply(&Edit::Many(vec![
            node("tills", "tills"),
            node("stream", "kinesis"),
            node("fold", "lambda"),
            node("table", "dynamodb"),
            wire("put", "tills", "stream"),
            wire("mapping", "stream", "fold"),
            wire("write", "fold", "table"),
        ]));
        let more = Edit::Set {
            at: "stream".to_owned(),
            field: "shards".to_owned(),
            value: "20".to_owned(),
        };
        File {
            design: design.expect("a good design"),
            inputs: vec![Input {
                at_us: 5,
                n: 0,
                act: Act::Edit(more),
            }],
            end: None,
            engine: file::ENGINE.to_owned(),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let file = file();
        let fragment = write(&file).expect("it fits");
        assert!(is_one(&fragment), "it begins like a link");
        let safe = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        assert!(fragment.bytes().all(safe), "nothing that needs escaping");
        assert_eq!(read(&fragment), Ok(file), "the same run");
    }

    fn refused(fragment: &str) -> String {
        let problems = read(fragment).expect_err("a bad link");
        assert!(!problems.is_empty(), "a reason for {fragment}");
        problems
            .into_iter()
            .map(|problem| problem.text)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn hostile_links_are_refused_with_a_sentence() {
        let good = write(&file()).expect("it fits");
        let bomb = compress_to_vec(&vec![b' '; TEXT_MAX + 1], 6);
        let pack = |bytes: &[u8]| format!("{MARK}{}", BASE.encode(compress_to_vec(bytes, 6)));
        let deep = "[".repeat(100_000);
        let json = file::write(&file());
        for (bad, part) in [
            ("m2.abc".to_owned(), "begins with"),
            ("m1.".to_owned(), "unpacked"),
            (format!("{good}="), "its end"),
            (good.replace("m1.", "m1. "), "character 4"),
            (good[..good.len() / 2].to_owned(), "damaged"),
            (format!("{MARK}{}", "A".repeat(CHARS_MAX)), "at most 8000"),
            (format!("{MARK}{}", BASE.encode(bomb)), "more than"),
            (pack(&[0xff, 0xfe]), "no text at byte 0"),
            (pack(deep.as_bytes()), "line 1"),
            (pack(b"{}"), "format"),
            (pack(b"<script>alert(1)</script>"), "no Millrace file"),
            (pack(json.replace("dynamodb", "dyn").as_bytes()), "dyn"),
        ] {
            let said = refused(&bad);
            assert!(said.contains(part), "{part} is not in: {said}");
        }
    }

    #[test]
    fn damage_at_any_character_is_refused_or_harmless() {
        let good = write(&file()).expect("it fits");
        for at in 0..good.len() {
            for other in ["A", "~", ""] {
                let bad = format!("{}{other}{}", &good[..at], &good[at + 1..]);
                if let Err(problems) = read(&bad) {
                    assert!(!problems.is_empty(), "a reason");
                }
            }
        }
    }
}
