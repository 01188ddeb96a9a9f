//! Rows of numbers that nobody changes any more, each column as narrow as its numbers allow.
//!
//! A column keeps its least number once, and of each row how far it is above that, in as many bytes as the farthest
//! needs: none where all are alike. A row is found by its place and read without looking at others.

/// Rows of `N` numbers.
#[derive(Clone, Debug)]
pub struct Columns<const N: usize> {
    /// The least number of each column.
    base: [u64; N],
    /// Bytes of each column.
    width: [u8; N],
    /// Bytes of a row.
    stride: usize,
    rows: usize,
    /// Row behind row, and [`SPARE`] more, so that each number can be read as if it had eight bytes.
    bytes: Box<[u8]>,
}

/// Bytes behind the last row.
const SPARE: usize = 8;

/// How many bytes a number needs.
fn bytes_of(number: u64) -> u8 {
    (u64::BITS - number.leading_zeros()).div_ceil(8) as u8
}

impl<const N: usize> Columns<N> {
    /// These rows, in their order.
    #[must_use]
    pub fn of(rows: &[[u64; N]]) -> Self {
        let mut base = rows.first().copied().unwrap_or([0; N]);
        let mut most = base;
        for row in rows {
            for column in 0..N {
                base[column] = base[column].min(row[column]);
                most[column] = most[column].max(row[column]);
            }
        }
        let width: [u8; N] = std::array::from_fn(|column| bytes_of(most[column] - base[column]));
        let stride = width.iter().map(|bytes| usize::from(*bytes)).sum();
        let mut bytes = Vec::with_capacity(rows.len() * stride + SPARE);
        for row in rows {
            for column in 0..N {
                let above = (row[column] - base[column]).to_le_bytes();
                bytes.extend_from_slice(&above[..usize::from(width[column])]);
            }
        }
        bytes.extend_from_slice(&[0; SPARE]);
        Self {
            base,
            width,
            stride,
            rows: rows.len(),
            bytes: bytes.into_boxed_slice(),
        }
    }

    /// The row at a place.
    #[must_use]
    pub fn row(&self, place: usize) -> Option<[u64; N]> {
        if place >= self.rows {
            return None;
        }
        let mut row = self.base;
        let mut at = place * self.stride;
        for (number, width) in row.iter_mut().zip(self.width) {
            if width > 0 {
                let word = self.bytes.get(at..at + 8)?.try_into().ok()?;
                *number += u64::from_le_bytes(word) & (u64::MAX >> (64 - 8 * u32::from(width)));
                at += usize::from(width);
            }
        }
        Some(row)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// What the numbers take [B].
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn gives_back_what_was_put_in() {
        let mut rng = Rng::stream(4, 0, "columns");
        for bits in 0..64 {
            let rows: Vec<[u64; 3]> = (0..rng.below(300))
                .map(|n| {
                    [
                        n,
                        rng.next_u64() >> bits,
                        u64::MAX - (rng.below(9) << (bits / 2)),
                    ]
                })
                .collect();
            let columns = Columns::of(&rows);
            assert_eq!(columns.len(), rows.len());
            for (place, row) in rows.iter().enumerate() {
                assert_eq!(columns.row(place), Some(*row), "{bits} bits, row {place}");
            }
            assert_eq!(columns.row(rows.len()), None);
        }
    }

    #[test]
    fn takes_no_more_bytes_than_its_numbers_need() {
        let rows: Vec<[u64; 4]> = (0..100)
            .map(|n| [7, 1_000_000 + n, 300 * n, n << 40])
            .collect();
        assert_eq!(Columns::of(&rows).bytes(), 100 * (1 + 2 + 6) + 8);
        assert_eq!(Columns::<2>::of(&[]).bytes(), 8);
        assert!(Columns::<2>::of(&[]).is_empty());
    }
}
