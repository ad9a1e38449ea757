//! Intersection over union of what people marked: rectangles and spans exactly, polygons on scan lines.

use super::polygon;
use crate::response::Shape;

/// The rectangle around a shape; a span lies on one line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Bounds {
    pub(super) fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Box { left, top, width, height } => {
                Self { left: *left, top: *top, right: left + width, bottom: top + height }
            }
            Shape::Polygon { vertices } => {
                let none = Self {
                    left: f64::INFINITY,
                    top: f64::INFINITY,
                    right: f64::NEG_INFINITY,
                    bottom: f64::NEG_INFINITY,
                };
                vertices.iter().fold(none, |it, v| Self {
                    left: it.left.min(v.x),
                    top: it.top.min(v.y),
                    right: it.right.max(v.x),
                    bottom: it.bottom.max(v.y),
                })
            }
            Shape::Span { start, end, .. } => {
                Self { left: *start as f64, top: 0.0, right: *end as f64, bottom: 1.0 }
            }
        }
    }

    fn area(self) -> f64 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    fn shared(self, other: Self) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }
}

/// Steps that [`iou`] takes, about, in those of two rectangles.
pub(super) fn cost(a: &Shape, b: &Shape) -> usize {
    match (a, b) {
        (Shape::Polygon { vertices: a }, Shape::Polygon { vertices: b }) => 256 + a.len() + b.len(),
        _ => 1,
    }
}

/// From 0 to 1; 0 of shapes of different tools.
pub(super) fn iou(a: &Shape, b: &Shape) -> f64 {
    if a == b {
        return 1.0;
    }
    match (a, b) {
        (Shape::Polygon { vertices: a }, Shape::Polygon { vertices: b }) => polygon::iou(a, b),
        (Shape::Box { .. }, Shape::Box { .. }) | (Shape::Span { .. }, Shape::Span { .. }) => {
            let (a, b) = (Bounds::of(a), Bounds::of(b));
            let shared = a.shared(b);
            let either = a.area() + b.area() - shared;
            if either > 0.0 { shared / either } else { 0.0 }
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_overlaps() {
        let rectangle = |left: f64, width: f64| Shape::Box { left, top: 0.0, width, height: 2.0 };
        let span = |start, end| Shape::Span { start, end, text: String::new() };
        for (a, b, wanted) in [
            (rectangle(0.0, 2.0), rectangle(1.0, 2.0), 1.0 / 3.0),
            (rectangle(0.0, 4.0), rectangle(1.0, 2.0), 0.5),
            (rectangle(0.0, 2.0), rectangle(2.0, 2.0), 0.0),
            (span(0, 10), span(5, 10), 0.5),
            (span(0, 10), span(10, 12), 0.0),
            (span(0, 2), rectangle(0.0, 2.0), 0.0),
        ] {
            assert_eq!(iou(&a, &b), wanted, "{a:?} {b:?}");
        }
    }
}
