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

/// Moves what reaches more than half a pixel past the image to its edge.
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
            let mut is_cut = false;
            for vertex in vertices.iter_mut().filter(|v| outside(v.x, v.y)) {
                is_cut = true;
                *vertex = Vertex { x: vertex.x.clamp(0.0, w), y: vertex.y.clamp(0.0, h) };
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

#[cfg(test)]
mod tests {
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
}
