/** What may be answered in the projects of the stories. */

export const BOX_AND_KIND = {
  labels: [
    { name: "car", title: "Car", color: "#e03131", hotkey: "1", tools: ["box"], attributes: [] },
    {
      name: "person",
      title: "Person",
      color: "#1971c2",
      hotkey: "2",
      tools: ["box", "polygon"],
      attributes: [],
    },
  ],
  fields: [
    {
      id: "kind",
      title: "What is it?",
      help: null,
      type: "single",
      options: [
        { value: "cat", title: "Cat", hotkey: "c" },
        { value: "dog", title: "Dog", hotkey: "d" },
      ],
      required: true,
      min: null,
      max: null,
    },
  ],
};

export const KIND_ONLY = { labels: [], fields: BOX_AND_KIND.fields };

export const PEOPLE_AND_PLACES = {
  labels: [
    {
      name: "person",
      title: "Person",
      color: "#e03131",
      hotkey: "1",
      tools: ["span"],
      attributes: [],
    },
    {
      name: "place",
      title: "Place",
      color: "#1971c2",
      hotkey: "2",
      tools: ["span"],
      attributes: [],
    },
  ],
  fields: [],
};
