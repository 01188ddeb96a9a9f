//! Min/max decimation: of all points in one pixel column the first, lowest, highest and last are kept, so that the
//! drawn line covers the same pixels and no peak is lost.

/// The points to draw, in their order. `column` gives the pixel column of a time.
pub(crate) fn decimate(points: &[(f64, f64)], column: impl Fn(f64) -> i64) -> Vec<(f64, f64)> {
    let mut kept = Vec::with_capacity(points.len().min(2_048));
    let mut start = 0;
    while start < points.len() {
        let own = column(points[start].0);
        let rest = &points[start..];
        let size = rest.iter().take_while(|(x, _)| column(*x) == own).count();
        keep(&rest[..size.max(1)], &mut kept);
        start += size.max(1);
    }
    kept
}

fn keep(group: &[(f64, f64)], kept: &mut Vec<(f64, f64)>) {
    if group.len() <= 4 {
        kept.extend_from_slice(group);
        return;
    }
    let (mut low, mut high) = (0, 0);
    for (at, (_, y)) in group.iter().enumerate() {
        if *y < group[low].1 {
            low = at;
        }
        if *y > group[high].1 {
            high = at;
        }
    }
    let mut chosen = [0, low, high, group.len() - 1];
    chosen.sort_unstable();
    let mut before = None;
    for at in chosen {
        if before != Some(at) {
            kept.push(group[at]);
        }
        before = Some(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn the_lowest_and_highest_of_each_column_survive() {
        let mut rng = Rng::stream(7, 0, "test");
        let points: Vec<(f64, f64)> = (0..6_000)
            .map(|at| (f64::from(at), f64::from(rng.below(1_000_000) as u32)))
            .collect();
        let column = |x: f64| (x / 30.0) as i64;
        let kept = decimate(&points, column);
        assert!(kept.len() <= 4 * 200);
        assert!(kept.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for at in 0..200 {
            let of = |points: &[(f64, f64)]| {
                let own = points.iter().filter(|(x, _)| column(*x) == at);
                own.fold((f64::MAX, f64::MIN), |(low, high), (_, y)| {
                    (low.min(*y), high.max(*y))
                })
            };
            assert_eq!(of(&points), of(&kept), "column {at}");
        }
        assert_eq!(kept.first(), points.first());
        assert_eq!(kept.last(), points.last());
    }

    #[test]
    fn few_points_stay_as_they_are() {
        let points = [(0.0, 1.0), (1.0, 3.0), (2.0, 2.0)];
        assert_eq!(decimate(&points, |_| 0), points);
    }
}
