//! The digest of a world: XXH64 over a canonical encoding, as a [`Hasher`].
//!
//! `#[derive(Hash)]` on a state type says what is digested; this hasher says how. Every number
//! goes in little-endian at its own width, `usize` and `isize` as 64 bits, so that a 32-bit
//! WebAssembly build and a 64-bit native one digest alike. The bytes form one stream: the result
//! depends on the concatenated bytes alone, not on how calls split them (`write_u16` twice is
//! `write_u32` once). What separates fields is therefore the encoding: the length that slices,
//! strings and maps write, and an enum's discriminant.
//!
//! One trap: the standard library hashes a *slice* of integers as raw memory, so a `Vec<usize>`
//! would differ between builds. State holds `u32` or `u64` instead.
//!
//! XXH64 keeps four independent lanes, each a 64-bit multiply, rotate, multiply per word, which
//! WebAssembly has as single instructions. Source: the xxHash specification, version 0.1.1,
//! <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.

use std::fmt;
use std::hash::{Hash, Hasher};

const P1: u64 = 0x9E37_79B1_85EB_CA87;
const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
const P3: u64 = 0x1656_67B1_9E37_79F9;
const P4: u64 = 0x85EB_CA77_C2B2_AE63;
const P5: u64 = 0x27D4_EB2F_1656_67C5;

/// Bytes of a stripe: a word for each of the four lanes.
const STRIPE: usize = 32;
/// Bytes that are gathered before they are mixed in.
const GATHERED: usize = 4 * STRIPE;
/// Room for what a number may write beyond that.
const ROOM: usize = GATHERED + 16;

/// A 64-bit digest in the making: XXH64 with seed 0.
///
/// What is written is gathered first, whatever its width, so that a number costs a store and an addition, and four
/// stripes are mixed in at a time.
#[derive(Clone, Debug)]
pub struct Digest {
    lanes: [u64; 4],
    gathered: [u8; ROOM],
    /// How many bytes are gathered: less than [`GATHERED`] between calls.
    held: usize,
    /// Bytes mixed in: a multiple of a stripe.
    mixed: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl Digest {
    /// The digest of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lanes: [P1.wrapping_add(P2), P2, 0, 0u64.wrapping_sub(P1)],
            gathered: [0; ROOM],
            held: 0,
            mixed: 0,
        }
    }

    /// The digest of one value.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut digest = Self::new();
        value.hash(&mut digest);
        digest.finish()
    }

    /// A number as its bytes, at most 16 of them.
    #[inline]
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        let end = self.held + N;
        self.gathered[self.held..end].copy_from_slice(&bytes);
        self.held = end;
        if end >= GATHERED {
            self.mix_gathered();
        }
    }

    fn mix_gathered(&mut self) {
        let (stripes, _) = self.gathered[..GATHERED].as_chunks();
        mix(&mut self.lanes, stripes);
        self.mixed += GATHERED as u64;
        self.gathered.copy_within(GATHERED..self.held, 0);
        self.held -= GATHERED;
    }
}

fn mix(lanes: &mut [u64; 4], stripes: &[[u8; STRIPE]]) {
    let mut all = *lanes;
    for stripe in stripes {
        let (words, _) = stripe.as_chunks();
        for (lane, word) in all.iter_mut().zip(words) {
            *lane = round(*lane, u64::from_le_bytes(*word));
        }
    }
    *lanes = all;
}

fn merged(lanes: [u64; 4]) -> u64 {
    let [a, b, c, d] = lanes;
    let mut h = a
        .rotate_left(1)
        .wrapping_add(b.rotate_left(7))
        .wrapping_add(c.rotate_left(12))
        .wrapping_add(d.rotate_left(18));
    for lane in lanes {
        h = (h ^ round(0, lane)).wrapping_mul(P1).wrapping_add(P4);
    }
    h
}

#[inline]
fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(P2))
        .rotate_left(31)
        .wrapping_mul(P1)
}

/// Numbers at the width of their type.
macro_rules! writes {
    ($($name:ident($type:ty)),* $(,)?) => {$(
        #[inline]
        fn $name(&mut self, i: $type) {
            self.put(i.to_le_bytes());
        }
    )*};
}

/// Numbers that are encoded in 64 bits; the cast spreads the sign of an `isize`.
macro_rules! full_writes {
    ($($name:ident($type:ty)),* $(,)?) => {$(
        #[inline]
        fn $name(&mut self, i: $type) {
            self.put((i as u64).to_le_bytes());
        }
    )*};
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        let (stripes, rest) = self.gathered[..self.held].as_chunks();
        let all = self.mixed + self.held as u64;
        let mut h = if all >= STRIPE as u64 {
            let mut lanes = self.lanes;
            mix(&mut lanes, stripes);
            merged(lanes)
        } else {
            P5
        };
        h = h.wrapping_add(all);
        let (words, rest) = rest.as_chunks();
        for word in words {
            h = (h ^ round(0, u64::from_le_bytes(*word)))
                .rotate_left(27)
                .wrapping_mul(P1)
                .wrapping_add(P4);
        }
        let (halves, rest) = rest.as_chunks();
        for half in halves {
            h ^= u64::from(u32::from_le_bytes(*half)).wrapping_mul(P1);
            h = h.rotate_left(23).wrapping_mul(P2).wrapping_add(P3);
        }
        for byte in rest {
            h = (h ^ u64::from(*byte).wrapping_mul(P5))
                .rotate_left(11)
                .wrapping_mul(P1);
        }
        h = (h ^ (h >> 33)).wrapping_mul(P2);
        h = (h ^ (h >> 29)).wrapping_mul(P3);
        h ^ (h >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut left = bytes;
        if self.held > 0 || left.len() < STRIPE {
            let (head, rest) = left.split_at(left.len().min(GATHERED - self.held));
            let end = self.held + head.len();
            self.gathered[self.held..end].copy_from_slice(head);
            self.held = end;
            if end < GATHERED {
                return;
            }
            self.mix_gathered();
            left = rest;
        }
        let (stripes, rest) = left.as_chunks();
        mix(&mut self.lanes, stripes);
        self.mixed += (stripes.len() * STRIPE) as u64;
        self.gathered[..rest.len()].copy_from_slice(rest);
        self.held = rest.len();
    }

    writes! {
        write_u8(u8), write_u16(u16), write_u32(u32), write_u64(u64), write_u128(u128),
        write_i8(i8), write_i16(i16), write_i32(i32), write_i64(i64), write_i128(i128),
    }

    full_writes! {
        write_usize(usize), write_isize(isize),
    }
}

/// A digest as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex(
    /// The digest shown.
    pub u64,
);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests;
