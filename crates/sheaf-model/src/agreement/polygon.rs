//! Intersection over union of two polygons, on scan lines: exact along each line, by the middle of each strip across them.
//!
//! What is inside is told by the even-odd rule, so that outlines which cross themselves are as good as any. The error is that
//! of the strips: below one percent for shapes that fill a box, and the same whichever of the two comes first.

use crate::response::Vertex;

/// Strips that the height of both polygons is cut into.
const STRIPS: usize = 256;

pub(super) fn iou(a: &[Vertex], b: &[Vertex]) -> f64 {
    let ys = || a.iter().chain(b).map(|vertex| vertex.y);
    let (top, bottom) = (ys().fold(f64::INFINITY, f64::min), ys().fold(f64::NEG_INFINITY, f64::max));
    let step = (bottom - top) / STRIPS as f64;
    // Also when there is no number in it at all.
    if step.is_nan() || step <= 0.0 {
        return 0.0;
    }
    let (a, b) = (crossings(a, top, step), crossings(b, top, step));
    let (mut both, mut either) = (0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        let shared = shared(a, b);
        both += shared;
        either += length(a) + length(b) - shared;
    }
    if either > 0.0 { both / either } else { 0.0 }
}

/// Where the outline crosses the middle of each strip, from left to right: two and two are a stretch inside.
fn crossings(of: &[Vertex], top: f64, step: f64) -> Vec<Vec<f64>> {
    let mut out = vec![Vec::new(); STRIPS];
    for (i, from) in of.iter().enumerate() {
        let to = &of[(i + 1) % of.len()];
        let (high, low) = if from.y <= to.y { (from, to) } else { (to, from) };
        // Lines with `high.y <= y < low.y`, so that a vertex on a line is crossed once.
        let first = ((high.y - top) / step - 0.5).ceil().max(0.0) as usize;
        for (line, found) in out.iter_mut().enumerate().skip(first) {
            let y = top + (line as f64 + 0.5) * step;
            if y >= low.y {
                break;
            }
            found.push(high.x + (y - high.y) / (low.y - high.y) * (low.x - high.x));
        }
    }
    out.iter_mut().for_each(|line| line.sort_unstable_by(f64::total_cmp));
    out
}

fn length(line: &[f64]) -> f64 {
    line.chunks_exact(2).map(|it| it[1] - it[0]).sum()
}

fn shared(a: &[f64], b: &[f64]) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while i + 1 < a.len() && j + 1 < b.len() {
        sum += (a[i + 1].min(b[j + 1]) - a[i].max(b[j])).max(0.0);
        if a[i + 1] < b[j + 1] { i += 2 } else { j += 2 }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(points: &[(f64, f64)]) -> Vec<Vertex> {
        points.iter().map(|(x, y)| Vertex { x: *x, y: *y }).collect()
    }

    #[test]
    fn known_overlaps() {
        let square = |x: f64, y: f64| polygon(&[(x, y), (x + 2.0, y), (x + 2.0, y + 2.0), (x, y + 2.0)]);
        let triangle = polygon(&[(0.0, 0.0), (2.0, 0.0), (0.0, 2.0)]);
        let bow = polygon(&[(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0)]);
        let line = polygon(&[(0.0, 1.0), (2.0, 1.0), (1.0, 1.0)]);
        for (a, b, wanted) in [
            (square(0.0, 0.0), square(0.0, 0.0), 1.0),
            (square(0.0, 0.0), square(1.0, 0.0), 1.0 / 3.0),
            (square(0.0, 0.0), square(1.0, 1.0), 1.0 / 7.0),
            (square(0.0, 0.0), square(5.0, 5.0), 0.0),
            (square(0.0, 0.0), triangle.clone(), 0.5),
            (square(0.0, 0.0), bow, 0.5),
            (triangle, line, 0.0),
        ] {
            let (there, back) = (iou(&a, &b), iou(&b, &a));
            assert!((there - wanted).abs() < 0.01, "{a:?} {b:?} {there}");
            assert_eq!(there, back);
        }
    }
}
