//! Tests of the digest: published vectors, and the encoding.

use super::*;

fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i * 131 + i / 7) as u8).collect()
}

fn digest_of(parts: &[&[u8]]) -> u64 {
    let mut digest = Digest::new();
    parts.iter().for_each(|part| digest.write(part));
    digest.finish()
}

#[test]
fn published_vectors_hold() {
    for (text, expected) in [
        ("", 0xEF46_DB37_51D8_E999),
        ("a", 0xD24E_C4F1_A98C_6E5B),
        ("abc", 0x44BC_2CF5_AD77_0999),
    ] {
        assert_eq!(Hex(digest_of(&[text.as_bytes()])), Hex(expected), "{text}");
    }
}

#[test]
fn the_split_of_the_bytes_does_not_matter() {
    let all = bytes(203);
    let whole = digest_of(&[&all]);
    for cut in 0..all.len() {
        for second in [cut, (cut + 9).min(203), (cut + 70).min(203)] {
            let parts = [&all[..cut], &all[cut..second], &all[second..]];
            assert_eq!(digest_of(&parts), whole, "cut at {cut} and {second}");
        }
    }
}

#[test]
fn numbers_are_their_little_endian_bytes() {
    let mut digest = Digest::new();
    digest.write_u8(0x01);
    digest.write_u16(0x0302);
    digest.write_u32(0x0706_0504);
    digest.write_u64(0x0F0E_0D0C_0B0A_0908);
    digest.write_i32(-2);
    digest.write_usize(5);
    digest.write_isize(-1);
    digest.write_u128(1);
    let mut expected: Vec<u8> = (1..16).collect();
    expected.extend((-2i32).to_le_bytes());
    expected.extend(5u64.to_le_bytes());
    expected.extend((-1i64).to_le_bytes());
    expected.extend(1u128.to_le_bytes());
    assert_eq!(digest.finish(), digest_of(&[&expected]));
}

#[test]
fn each_bit_changes_the_digest() {
    let mut data = bytes(77);
    let before = digest_of(&[&data]);
    for bit in 0..data.len() * 8 {
        data[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(digest_of(&[&data]), before, "bit {bit}");
        data[bit / 8] ^= 1 << (bit % 8);
    }
}
