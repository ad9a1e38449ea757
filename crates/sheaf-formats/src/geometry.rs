//! Shapes: bounds, areas, what is turned or round made into polygons, and what reaches past the image cut off.

use sheaf_model::response::{Shape, Vertex};

/// Corners of a polygon that stands for an ellipse: within 0.5 % of its radius.
const ELLIPSE_CORNERS: u32 = 32;

/// `[left, top, width, height]` around the points.
pub(crate) fn bounds(vertices: &[Vertex]) -> [f64; 4] {
    let fold = |get: fn(&Vertex) -> f64, pick: fn(f64, f64) -> f64| {
        vertices.iter().map(get).reduce(pick).unwrap_or(0.0)
    };
    let (left, top) = (fold(|v| v.x, f64::min), fold(|v| v.y, f64::min));
    [left, top, fold(|v| v.x, f64::max) - left, fold(|v| v.y, f64::max) - top]
}

/// `[left, top, width, height]` around a box or a polygon; a span has none.
pub(crate) fn frame(shape: &Shape) -> Option<[f64; 4]> {
    match shape {
        Shape::Box { left, top, width, height } => Some([*left, *top, *width, *height]),
        Shape::Polygon { vertices } => Some(bounds(vertices)),
        Shape::Span { .. } => None,
    }
}

/// Shoelace formula.
pub(crate) fn area(vertices: &[Vertex]) -> f64 {
    let next = vertices.iter().cycle().skip(1);
    let twice: f64 = vertices.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    twice.abs() / 2.0
}

/// The points `offsets` (from the centre) turned clockwise on the screen by `degrees`.
fn turned(centre: (f64, f64), offsets: impl Iterator<Item = (f64, f64)>, degrees: f64) -> Shape {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let vertices = offsets
        .map(|(x, y)| Vertex { x: centre.0 + x * cos - y * sin, y: centre.1 + x * sin + y * cos })
        .collect();
    Shape::Polygon { vertices }
}

/// A box turned around its upper left corner.
pub(crate) fn turned_by_corner(left: f64, top: f64, width: f64, height: f64, degrees: f64) -> Shape {
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    turned((left, top), corners.into_iter(), degrees)
}

/// A box turned around its centre.
pub(crate) fn turned_by_centre(left: f64, top: f64, width: f64, height: f64, degrees: f64) -> Shape {
    let (x, y) = (width / 2.0, height / 2.0);
    turned((left + x, top + y), [(-x, -y), (x, -y), (x, y), (-x, y)].into_iter(), degrees)
}

pub(crate) fn ellipse(x: f64, y: f64, radius_x: f64, radius_y: f64, degrees: f64) -> Shape {
    let corner = |i: u32| {
        let angle = std::f64::consts::TAU * f64::from(i) / f64::from(ELLIPSE_CORNERS);
        (radius_x * angle.cos(), radius_y * angle.sin())
    };
    turned((x, y), (0..ELLIPSE_CORNERS).map(corner), degrees)
}

/// What became of a shape that had to fit an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    No,
    Yes,
    /// Nothing of it is left.
    Nothing,
}

/// Cuts what reaches more than half a pixel past the image at its edge.
pub(crate) fn cut(shape: &mut Shape, size: Option<(u32, u32)>) -> Cut {
    let (w, h) = size.map_or((f64::MAX, f64::MAX), |(w, h)| (f64::from(w), f64::from(h)));
    let outside = |x: f64, y: f64| x < -0.5 || y < -0.5 || x > w + 0.5 || y > h + 0.5;
    match shape {
        Shape::Box { left, top, width, height } => {
            let (right, bottom) = (*left + *width, *top + *height);
            let is_cut = outside(*left, *top) || outside(right, bottom);
            if is_cut {
                let (x, y) = (left.clamp(0.0, w), top.clamp(0.0, h));
                (*width, *height) = (right.clamp(0.0, w) - x, bottom.clamp(0.0, h) - y);
                (*left, *top) = (x, y);
            }
            if *width <= 0.0 || *height <= 0.0 {
                Cut::Nothing
            } else if is_cut {
                Cut::Yes
            } else {
                Cut::No
            }
        }
        Shape::Polygon { vertices } => {
            let is_cut = vertices.iter().any(|v| outside(v.x, v.y));
            if is_cut {
                *vertices = within(vertices, w, h);
            }
            if vertices.len() < 3 || (is_cut && area(vertices) <= 0.0) {
                Cut::Nothing
            } else if is_cut {
                Cut::Yes
            } else {
                Cut::No
            }
        }
        Shape::Span { start, end, .. } => {
            if start < end {
                Cut::No
            } else {
                Cut::Nothing
            }
        }
    }
}

/// The part of a polygon that is in an image (I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping", 1974): cut by one
/// edge after the other. Parts of a concave polygon stay one polygon, joined along the edge, with the area of the parts.
fn within(vertices: &[Vertex], w: f64, h: f64) -> Vec<Vertex> {
    let by_left = half(vertices, |v| v.x);
    let by_right = half(&by_left, |v| w - v.x);
    let by_top = half(&by_right, |v| v.y);
    let mut out = half(&by_top, |v| h - v.y);
    for vertex in &mut out {
        // A crossing is at the edge but for rounding.
        *vertex = Vertex { x: vertex.x.clamp(0.0, w), y: vertex.y.clamp(0.0, h) };
    }
    out.dedup();
    if out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    // Coordinates without measure are beyond what can be reckoned with.
    if out.iter().all(|v| v.x.is_finite() && v.y.is_finite()) { out } else { Vec::new() }
}

/// The part of a polygon on one side of a line; `inner` is the distance to the line, negative on the other side.
fn half(vertices: &[Vertex], inner: impl Fn(&Vertex) -> f64) -> Vec<Vertex> {
    let mut out = Vec::with_capacity(vertices.len() + 2);
    let Some(mut before) = vertices.last() else { return out };
    for vertex in vertices {
        let (from, to) = (inner(before), inner(vertex));
        if (from < 0.0) != (to < 0.0) {
            let share = from / (from - to);
            let between = |a: f64, b: f64| a + (b - a) * share;
            out.push(Vertex { x: between(before.x, vertex.x), y: between(before.y, vertex.y) });
        }
        if to >= 0.0 {
            out.push(*vertex);
        }
        before = vertex;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(shape: &Shape) -> Vec<(i64, i64)> {
        let Shape::Polygon { vertices } = shape else { panic!("{shape:?}") };
        vertices.iter().map(|v| (v.x.round() as i64, v.y.round() as i64)).collect()
    }

    #[test]
    fn a_polygon_has_a_box_and_an_area() {
        let vertices: Vec<Vertex> =
            [(1.0, 1.0), (5.0, 1.0), (5.0, 4.0)].into_iter().map(|(x, y)| Vertex { x, y }).collect();
        assert_eq!(bounds(&vertices), [1.0, 1.0, 4.0, 3.0]);
        assert!((area(&vertices) - 6.0).abs() < 1e-9);
    }

    #[test]
    fn boxes_are_turned_clockwise() {
        assert_eq!(
            points(&turned_by_corner(10.0, 10.0, 4.0, 2.0, 90.0)),
            [(10, 10), (10, 14), (8, 14), (8, 10)]
        );
        assert_eq!(points(&turned_by_centre(8.0, 9.0, 4.0, 2.0, 90.0)), [(11, 8), (11, 12), (9, 12), (9, 8)]);
        let Shape::Polygon { vertices } = ellipse(5.0, 5.0, 3.0, 2.0, 0.0) else { panic!() };
        assert_eq!(bounds(&vertices).map(f64::round), [2.0, 3.0, 6.0, 4.0]);
    }

    #[test]
    fn shapes_are_cut_at_the_edge() {
        let check = |[left, top, width, height]: [f64; 4], wanted: Cut, frame_wanted: [f64; 4]| {
            let mut shape = Shape::Box { left, top, width, height };
            assert_eq!(cut(&mut shape, Some((100, 50))), wanted);
            assert_eq!(frame(&shape), Some(frame_wanted));
        };
        check([0.0, 0.0, 100.4, 50.0], Cut::No, [0.0, 0.0, 100.4, 50.0]);
        check([-5.0, 10.0, 20.0, 60.0], Cut::Yes, [0.0, 10.0, 15.0, 40.0]);
        check([110.0, 0.0, 5.0, 5.0], Cut::Nothing, [100.0, 0.0, 0.0, 5.0]);
        check([1.0, 1.0, 0.0, 5.0], Cut::Nothing, [1.0, 1.0, 0.0, 5.0]);
    }
    #[test]
    fn polygons_are_cut_and_not_bent() {
        let of = |all: &[(f64, f64)]| Shape::Polygon {
            vertices: all.iter().map(|(x, y)| Vertex { x: *x, y: *y }).collect(),
        };
        let mut triangle = of(&[(50.0, 10.0), (150.0, 10.0), (50.0, 40.0)]);
        assert_eq!(cut(&mut triangle, Some((100, 50))), Cut::Yes);
        assert_eq!(points(&triangle), [(50, 10), (100, 10), (100, 25), (50, 40)]);
        let mut around = of(&[(-10.0, -10.0), (300.0, -10.0), (300.0, 90.0), (-10.0, 90.0)]);
        assert_eq!(cut(&mut around, Some((100, 50))), Cut::Yes);
        let Shape::Polygon { vertices } = &around else { panic!() };
        assert!(vertices.len() == 4 && (area(vertices) - 5000.0).abs() < 1e-9);
        // Nothing of it is within, though its corners, moved to the edge, would make a triangle there.
        let mut beside = of(&[(90.0, -30.0), (130.0, 10.0), (130.0, -30.0)]);
        assert_eq!(cut(&mut beside, Some((100, 50))), Cut::Nothing);
        // Of an image of unknown size only the left and the upper edge are known.
        let mut unknown = of(&[(-10.0, 0.0), (1e9, 0.0), (1e9, 5.0), (-10.0, 5.0)]);
        assert_eq!(cut(&mut unknown, None), Cut::Yes);
        assert_eq!(frame(&unknown).map(|frame| frame.map(f64::round)), Some([0.0, 0.0, 1e9, 5.0]));
        let mut endless = of(&[(-1e308, 0.0), (1e308, 1e308), (-1e308, 5.0)]);
        assert_ne!(cut(&mut endless, Some((100, 50))), Cut::No);
        let Shape::Polygon { vertices } = endless else { panic!() };
        assert!(vertices.iter().all(|v| v.x.is_finite() && v.y.is_finite()));
        // The teeth of a comb stay one polygon.
        let teeth = [(10.0, 40.0), (20.0, 60.0), (30.0, 40.0), (40.0, 60.0), (50.0, 40.0)];
        let mut comb = of(&[&teeth[..], &[(50.0, 70.0), (10.0, 70.0)]].concat());
        assert_eq!(cut(&mut comb, Some((100, 50))), Cut::Yes);
        let Shape::Polygon { vertices } = comb else { panic!() };
        assert!((area(&vertices) - 100.0).abs() < 1e-9);
    }

    /// What a convex polygon and an image have in common, reckoned otherwise: the corners of each that are in the other, and where
    /// their edges cross, are its corners; around their middle they are in order.
    fn common(vertices: &[Vertex], w: f64, h: f64) -> f64 {
        const NEAR: f64 = 1e-9;
        let edges: Vec<(Vertex, Vertex)> =
            vertices.iter().copied().zip(vertices.iter().copied().cycle().skip(1)).collect();
        let in_image = |v: &Vertex| (-NEAR..=w + NEAR).contains(&v.x) && (-NEAR..=h + NEAR).contains(&v.y);
        let in_polygon = |v: &Vertex| {
            edges.iter().all(|(a, b)| (b.x - a.x) * (v.y - a.y) - (b.y - a.y) * (v.x - a.x) >= -NEAR)
        };
        let corners = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)].map(|(x, y)| Vertex { x, y });
        let mut found: Vec<Vertex> = vertices.iter().copied().filter(in_image).collect();
        found.extend(corners.into_iter().filter(in_polygon));
        for (a, b) in &edges {
            let at = |share: f64| Vertex { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
            let of_sides = [0.0, w].map(|x| (x - a.x) / (b.x - a.x));
            let of_ends = [0.0, h].map(|y| (y - a.y) / (b.y - a.y));
            let shares = of_sides.into_iter().chain(of_ends).filter(|share| (0.0..=1.0).contains(share));
            found.extend(shares.map(at).filter(in_image));
        }
        let n = found.len() as f64;
        let (x, y) = (found.iter().map(|v| v.x).sum::<f64>() / n, found.iter().map(|v| v.y).sum::<f64>() / n);
        let angle = |v: &Vertex| (v.y - y).atan2(v.x - x);
        found.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
        area(&found)
    }

    proptest! {
        #[test]
        fn what_is_cut_is_what_polygon_and_image_have_in_common(
            angles in prop::collection::btree_set(0..360u32, 3..12),
            (x, y) in (-60..160i32, -60..110i32),
            (radius_x, radius_y) in (1..150u32, 1..150u32),
        ) {
            let corner = |degrees: u32| {
                let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
                let (right, down) = (f64::from(radius_x) * cos, f64::from(radius_y) * sin);
                Vertex { x: f64::from(x) + right, y: f64::from(y) + down }
            };
            let vertices: Vec<Vertex> = angles.into_iter().map(corner).collect();
            let mut shape = Shape::Polygon { vertices: vertices.clone() };
            let outcome = cut(&mut shape, Some((100, 50)));
            let Shape::Polygon { vertices: left } = shape else { panic!() };
            match outcome {
                Cut::No => prop_assert_eq!(left, vertices),
                Cut::Nothing => prop_assert!(common(&vertices, 100.0, 50.0) < 1e-6),
                Cut::Yes => {
                    let is_within = |v: &Vertex| (0.0..=100.0).contains(&v.x) && (0.0..=50.0).contains(&v.y);
                    prop_assert!(left.iter().all(is_within));
                    let (got, wanted) = (area(&left), common(&vertices, 100.0, 50.0));
                    prop_assert!((got - wanted).abs() < 1e-6, "{} is not {}", got, wanted);
                }
            }
        }
    }
}
