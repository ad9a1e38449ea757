//! Which annotation of one answer is which of another: the assignment with the largest sum of overlaps, of those that
//! overlap by half or more. Shapes that do not overlap each other within an answer have at most one such partner each
//! (A. Kirillov et al., "Panoptic Segmentation", 2019, section 4.1); for the others the assignment is solved exactly (H. W.
//! Kuhn, "The Hungarian Method", 1955).

use std::collections::BTreeMap;

use super::overlap::{Bounds, cost, iou};
use super::{Millionths, millionths};
use crate::response::Shape;

/// Two shapes are one thing when they overlap by this, intersection over union.
pub const MATCH_FROM: Millionths = 500_000;
/// Pairs of annotations that are looked at in two answers; what lies beyond is not matched. A thousand annotations on one
/// spot in each of two answers, or many more that are spread out.
pub const STEPS_MAX: usize = 1_000_000;
/// Shapes of one tangle that are assigned exactly; in a larger one the best pairs go first.
const EXACT_MAX: usize = 64;

/// Two shapes, by their places, that may be one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    pub a: usize,
    pub b: usize,
    pub iou: Millionths,
}

/// The pairs of two answers' shapes that overlap enough, found by a sweep from left to right. `steps` is what may still be
/// looked at.
pub(super) fn edges(a: &[&Shape], b: &[&Shape], steps: &mut usize) -> Vec<Edge> {
    let bounds = |of: &[&Shape]| of.iter().map(|shape| Bounds::of(shape)).collect::<Vec<_>>();
    let (at_a, at_b) = (bounds(a), bounds(b));
    let mut by_left: Vec<usize> = (0..b.len()).collect();
    by_left.sort_by(|x, y| at_b[*x].left.total_cmp(&at_b[*y].left));
    let widest = at_b.iter().map(|it| it.right - it.left).fold(0.0, f64::max);
    let mut out = Vec::new();
    for (i, shape) in a.iter().enumerate() {
        let from = by_left.partition_point(|j| at_b[*j].left < at_a[i].left - widest);
        for &j in &by_left[from..] {
            if at_b[j].left > at_a[i].right {
                break;
            }
            let apart = at_b[j].top > at_a[i].bottom || at_b[j].bottom < at_a[i].top;
            let takes = if apart { 1 } else { cost(shape, b[j]) };
            if takes > *steps {
                *steps = 0;
                return out;
            }
            *steps -= takes;
            let iou = if apart { 0 } else { millionths(iou(shape, b[j])) };
            if iou >= MATCH_FROM {
                out.push(Edge { a: i, b: j, iou });
            }
        }
    }
    out
}

/// Of the edges those that have the largest sum together, with no shape in two of them; the more of them the better.
pub fn assign(edges: &[Edge]) -> Vec<Edge> {
    let mut out = Vec::new();
    for tangle in tangles(edges) {
        if let [edge] = tangle.as_slice() {
            out.push(*edge);
        } else {
            out.extend(if sides(&tangle).0.len().max(sides(&tangle).1.len()) <= EXACT_MAX {
                exactly(&tangle)
            } else {
                best_first(tangle)
            });
        }
    }
    out
}

/// The edges, apart where they share no shape.
fn tangles(edges: &[Edge]) -> Vec<Vec<Edge>> {
    let n_a = edges.iter().map(|edge| edge.a + 1).max().unwrap_or(0);
    let n_b = edges.iter().map(|edge| edge.b + 1).max().unwrap_or(0);
    let mut parents: Vec<usize> = (0..n_a + n_b).collect();
    fn root(parents: &mut [usize], mut of: usize) -> usize {
        while parents[of] != of {
            parents[of] = parents[parents[of]];
            of = parents[of];
        }
        of
    }
    for edge in edges {
        let (a, b) = (root(&mut parents, edge.a), root(&mut parents, n_a + edge.b));
        parents[a.max(b)] = a.min(b);
    }
    let mut out: BTreeMap<usize, Vec<Edge>> = BTreeMap::new();
    for edge in edges {
        out.entry(root(&mut parents, edge.a)).or_default().push(*edge);
    }
    out.into_values().collect()
}

fn sides(edges: &[Edge]) -> (Vec<usize>, Vec<usize>) {
    let side = |of: fn(&Edge) -> usize| {
        let mut out: Vec<usize> = edges.iter().map(of).collect();
        out.sort_unstable();
        out.dedup();
        out
    };
    (side(|edge| edge.a), side(|edge| edge.b))
}

/// The Hungarian method with potentials, O(n^3), on whole numbers.
fn exactly(edges: &[Edge]) -> Vec<Edge> {
    let (rows, columns) = sides(edges);
    let n = rows.len().max(columns.len());
    // One more for each pair, so that of equal sums the one with more pairs wins: an IoU has six digits, a tangle 64 rows.
    let scale = 2 * EXACT_MAX as i64;
    let mut gain = vec![vec![0i64; n]; n];
    for edge in edges {
        let (row, column) = (rows.binary_search(&edge.a), columns.binary_search(&edge.b));
        let (Ok(row), Ok(column)) = (row, column) else { continue };
        gain[row][column] = edge.iou * scale + 1;
    }
    // Columns and rows from 1; 0 is none.
    let (mut of_row, mut of_column) = (vec![0i64; n + 1], vec![0i64; n + 1]);
    let (mut taken_by, mut came_from) = (vec![0usize; n + 1], vec![0usize; n + 1]);
    for row in 1..=n {
        taken_by[0] = row;
        let mut column = 0;
        let (mut slack, mut seen) = (vec![i64::MAX; n + 1], vec![false; n + 1]);
        loop {
            seen[column] = true;
            let from = taken_by[column];
            let (mut least, mut next) = (i64::MAX, 0);
            for to in (1..=n).filter(|to| !seen[*to]) {
                let cost = -gain[from - 1][to - 1] - of_row[from] - of_column[to];
                if cost < slack[to] {
                    (slack[to], came_from[to]) = (cost, column);
                }
                if slack[to] < least {
                    (least, next) = (slack[to], to);
                }
            }
            for to in 0..=n {
                if seen[to] {
                    of_row[taken_by[to]] += least;
                    of_column[to] -= least;
                } else {
                    slack[to] -= least;
                }
            }
            column = next;
            if taken_by[column] == 0 {
                break;
            }
        }
        while column != 0 {
            taken_by[column] = taken_by[came_from[column]];
            column = came_from[column];
        }
    }
    let chosen = |edge: &&Edge| {
        let (row, column) = (rows.binary_search(&edge.a), columns.binary_search(&edge.b));
        matches!((row, column), (Ok(row), Ok(column)) if taken_by[column + 1] == row + 1)
    };
    edges.iter().filter(chosen).copied().collect()
}

fn best_first(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.sort_by_key(|edge| (-edge.iou, edge.a, edge.b));
    let (mut a, mut b) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    edges.retain(|edge| {
        let free = !a.contains(&edge.a) && !b.contains(&edge.b);
        if free {
            a.insert(edge.a);
            b.insert(edge.b);
        }
        free
    });
    edges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The best of all assignments, tried one after the other: its sum and its number of pairs.
    fn every(edges: &[Edge], from: usize, used: &mut Vec<Edge>) -> (i64, usize) {
        let mut best = (used.iter().map(|edge| edge.iou).sum(), used.len());
        for (i, edge) in edges.iter().enumerate().skip(from) {
            if used.iter().all(|it| it.a != edge.a && it.b != edge.b) {
                used.push(*edge);
                best = best.max(every(edges, i + 1, used));
                used.pop();
            }
        }
        best
    }

    fn told(found: &[Edge]) -> (i64, usize) {
        (found.iter().map(|edge| edge.iou).sum(), found.len())
    }

    proptest! {
        #[test]
        fn no_other_assignment_is_better(cells in prop::collection::btree_map((0usize..5, 0usize..5), 5i64..=10, 0..14)) {
            let edges: Vec<Edge> =
                cells.into_iter().map(|((a, b), iou)| Edge { a, b, iou: iou * 100_000 }).collect();
            let found = assign(&edges);
            prop_assert_eq!(told(&found), every(&edges, 0, &mut Vec::new()));
            let turned: Vec<Edge> =
                edges.iter().rev().map(|edge| Edge { a: edge.b, b: edge.a, iou: edge.iou }).collect();
            prop_assert_eq!(told(&assign(&turned)), told(&found));
        }

        /// The sweep finds what looking at every pair finds.
        #[test]
        fn no_edge_is_missed(places in prop::collection::vec((0u8..20, 0u8..20, 1u8..9, 1u8..9), 0..24), cut in 0usize..24) {
            let shapes: Vec<Shape> = places
                .iter()
                .map(|(x, y, w, h)| Shape::Box {
                    left: f64::from(*x), top: f64::from(*y), width: f64::from(*w), height: f64::from(*h),
                })
                .collect();
            let (a, b) = shapes.split_at(cut.min(shapes.len()));
            let (a, b): (Vec<&Shape>, Vec<&Shape>) = (a.iter().collect(), b.iter().collect());
            let mut found: Vec<(usize, usize)> =
                edges(&a, &b, &mut STEPS_MAX.clone()).iter().map(|edge| (edge.a, edge.b)).collect();
            found.sort_unstable();
            let mut wanted = Vec::new();
            for (i, one) in a.iter().enumerate() {
                wanted.extend((0..b.len()).filter(|j| millionths(iou(one, b[*j])) >= MATCH_FROM).map(|j| (i, j)));
            }
            prop_assert_eq!(found, wanted);
        }
    }

    /// Five thousand boxes on one spot in each of two answers are cut off; five thousand spread over an image are not.
    #[test]
    fn very_many_boxes_end() {
        let heap = Shape::Box { left: 1.0, top: 1.0, width: 9.0, height: 9.0 };
        let heaped: Vec<&Shape> = vec![&heap; 5_000];
        let found = edges(&heaped, &heaped, &mut STEPS_MAX.clone());
        assert_eq!(found.len(), STEPS_MAX);
        assert_eq!(assign(&found).len(), STEPS_MAX / 5_000);
        let spread: Vec<Shape> = (0..5_000u32)
            .map(|i| Shape::Box {
                left: f64::from(i % 71) * 50.0,
                top: f64::from(i / 71) * 50.0,
                width: 40.0,
                height: 40.0,
            })
            .collect();
        let spread: Vec<&Shape> = spread.iter().collect();
        assert_eq!(assign(&edges(&spread, &spread, &mut STEPS_MAX.clone())).len(), 5_000);
    }
}
