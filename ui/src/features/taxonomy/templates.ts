/** Taxonomies to start from, so that nobody begins with an empty page. */
import type { Media, Taxonomy } from "~/api/types";

export interface Template {
  readonly id: string;
  readonly media: Media;
  readonly title: string;
  readonly what: string;
  readonly taxonomy: Taxonomy;
}

export const TEMPLATES: readonly Template[] = [
  {
    id: "image-classification",
    media: "image",
    title: "Classification",
    what: "One answer about the whole image",
    taxonomy: {
      labels: [],
      fields: [
        {
          id: "kind",
          title: "What is it?",
          type: "single",
          required: true,
          options: [
            { value: "animal", title: "Animal", hotkey: "1" },
            { value: "plant", title: "Plant", hotkey: "2" },
            { value: "thing", title: "Thing", hotkey: "3" },
            { value: "other", title: "Something else", hotkey: "4" },
          ],
        },
      ],
    },
  },
  {
    id: "boxes",
    media: "image",
    title: "Boxes",
    what: "Find things and draw boxes around them",
    taxonomy: {
      labels: [
        {
          name: "car",
          title: "Car",
          color: "#e03131",
          hotkey: "1",
          tools: ["box"],
          attributes: [{ name: "occluded", title: "Occluded", type: "boolean" }],
        },
        {
          name: "person",
          title: "Person",
          color: "#1971c2",
          hotkey: "2",
          tools: ["box"],
          attributes: [],
        },
      ],
      fields: [],
    },
  },
  {
    id: "polygons",
    media: "image",
    title: "Polygons",
    what: "Trace the outline of regions",
    taxonomy: {
      labels: [
        {
          name: "road",
          title: "Road",
          color: "#f08c00",
          hotkey: "1",
          tools: ["polygon"],
          attributes: [],
        },
        {
          name: "building",
          title: "Building",
          color: "#9c36b5",
          hotkey: "2",
          tools: ["polygon", "box"],
          attributes: [],
        },
      ],
      fields: [],
    },
  },
  {
    id: "text-classification",
    media: "text",
    title: "Classification",
    what: "One answer about the whole text",
    taxonomy: {
      labels: [],
      fields: [
        {
          id: "tone",
          title: "How does it sound?",
          type: "single",
          required: true,
          options: [
            { value: "positive", title: "Positive", hotkey: "1" },
            { value: "neutral", title: "Neutral", hotkey: "2" },
            { value: "negative", title: "Negative", hotkey: "3" },
          ],
        },
      ],
    },
  },
  {
    id: "entities",
    media: "text",
    title: "Entities",
    what: "Mark names and places in the text",
    taxonomy: {
      labels: [
        {
          name: "person",
          title: "Person",
          color: "#1971c2",
          hotkey: "1",
          tools: ["span"],
          attributes: [],
        },
        {
          name: "place",
          title: "Place",
          color: "#2f9e44",
          hotkey: "2",
          tools: ["span"],
          attributes: [],
        },
        {
          name: "organisation",
          title: "Organisation",
          color: "#9c36b5",
          hotkey: "3",
          tools: ["span"],
          attributes: [],
        },
      ],
      fields: [],
    },
  },
];
