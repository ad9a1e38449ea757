/**
 * An answer as plain data: annotations and field values, in the shape that goes over the wire,
 * and the immutable changes one can make to it. Nothing here knows of tools, React or the network.
 */
import type {
  Annotation,
  AttributeValue,
  Attributes,
  BoxAnnotation,
  PolygonAnnotation,
  Response as Answer,
  SpanAnnotation,
} from "~/api/types";
import { polygonArea, polygonBounds, type Rect } from "../geometry/shapes";

export type {
  Annotation,
  Answer,
  AttributeValue,
  BoxAnnotation,
  PolygonAnnotation,
  SpanAnnotation,
};
export type ShapeAnnotation = BoxAnnotation | PolygonAnnotation;
export type FieldValue = AttributeValue;

export const EMPTY_ANSWER: Answer = { annotations: [], fields: {} };

export function isShape(annotation: Annotation): annotation is ShapeAnnotation {
  return annotation.type !== "span";
}

export function isSpan(annotation: Annotation): annotation is SpanAnnotation {
  return annotation.type === "span";
}

export function findAnnotation(answer: Answer, uuid: string | null): Annotation | null {
  return answer.annotations.find((annotation) => annotation.uuid === uuid) ?? null;
}

export function addAnnotation(answer: Answer, annotation: Annotation): Answer {
  return { ...answer, annotations: [...answer.annotations, annotation] };
}

export function removeAnnotation(answer: Answer, uuid: string): Answer {
  const annotations = answer.annotations.filter((annotation) => annotation.uuid !== uuid);
  return annotations.length === answer.annotations.length ? answer : { ...answer, annotations };
}

export function replaceAnnotation(answer: Answer, next: Annotation): Answer {
  return updateAnnotation(answer, next.uuid, () => next);
}

export function updateAnnotation(
  answer: Answer,
  uuid: string,
  change: (annotation: Annotation) => Annotation,
): Answer {
  let changed = false;
  const annotations = answer.annotations.map((annotation) => {
    if (annotation.uuid !== uuid) return annotation;
    const next = change(annotation);
    changed = changed || next !== annotation;
    return next;
  });
  return changed ? { ...answer, annotations } : answer;
}

/** Another label keeps the geometry; attributes that the new label does not have go. */
export function relabel(
  answer: Answer,
  uuid: string,
  label: string,
  attributesOfLabel: readonly string[],
): Answer {
  return updateAnnotation(answer, uuid, (annotation) => {
    if (annotation.label === label) return annotation;
    const kept = Object.entries(annotation.attributes).filter(([name]) =>
      attributesOfLabel.includes(name),
    );
    return { ...annotation, label, attributes: Object.fromEntries(kept) };
  });
}

export function setAttribute(
  answer: Answer,
  uuid: string,
  name: string,
  value: AttributeValue,
): Answer {
  return updateAnnotation(answer, uuid, (annotation) => ({
    ...annotation,
    attributes: withValue(annotation.attributes, name, value),
  }));
}

export function setField(answer: Answer, id: string, value: FieldValue): Answer {
  const fields = withValue(answer.fields, id, value);
  return fields === answer.fields ? answer : { ...answer, fields };
}

/** Null, an empty text and an empty choice mean "not answered": the key is left out. */
function withValue(values: Attributes, name: string, value: AttributeValue): Attributes {
  if (isBlank(value)) {
    if (!(name in values)) return values;
    return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
  }
  return values[name] === value ? values : { ...values, [name]: value };
}

export function isBlank(value: AttributeValue | undefined): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    (Array.isArray(value) && value.length === 0)
  );
}

export function boundsOf(shape: ShapeAnnotation): Rect {
  return shape.type === "box" ? shape : polygonBounds(shape.vertices);
}

export function areaOf(shape: ShapeAnnotation): number {
  return shape.type === "box" ? shape.width * shape.height : polygonArea(shape.vertices);
}
