/** Taxonomies that a new project may start from. */
import type { Media, Taxonomy } from "~/api/types";

type Starter = { id: string; media: Media; title: string; taxonomy: Taxonomy };

const kind = (options: [string, string, string][], title: string): Taxonomy => ({
  labels: [],
  fields: [
    {
      id: "kind",
      title,
      help: null,
      type: "single",
      options: options.map(([value, label, hotkey]) => ({ value, title: label, hotkey })),
      required: true,
    },
  ],
});

export const STARTERS: Starter[] = [
  {
    id: "image-class",
    media: "image",
    title: "Classification: one of three",
    taxonomy: kind(
      [
        ["yes", "Yes", "1"],
        ["no", "No", "2"],
        ["unsure", "Unsure", "3"],
      ],
      "Does the image show it?",
    ),
  },
  {
    id: "image-objects",
    media: "image",
    title: "Objects: boxes and polygons",
    taxonomy: {
      labels: [
        {
          name: "object",
          title: "Object",
          color: "#e8590c",
          hotkey: "1",
          tools: ["box", "polygon"],
          attributes: [{ name: "occluded", title: "Occluded", type: "boolean" }],
        },
      ],
      fields: [],
    },
  },
  {
    id: "text-class",
    media: "text",
    title: "Classification: one of three",
    taxonomy: kind(
      [
        ["positive", "Positive", "1"],
        ["neutral", "Neutral", "2"],
        ["negative", "Negative", "3"],
      ],
      "How does it sound?",
    ),
  },
  {
    id: "text-spans",
    media: "text",
    title: "Spans: people, places, organisations",
    taxonomy: {
      labels: [
        ["person", "Person", "#1971c2", "1"],
        ["place", "Place", "#2f9e44", "2"],
        ["organisation", "Organisation", "#9c36b5", "3"],
      ].map(([name = "", title = "", color = "", hotkey = ""]) => ({
        name,
        title,
        color,
        hotkey,
        tools: ["span" as const],
        attributes: [],
      })),
      fields: [],
    },
  },
];
