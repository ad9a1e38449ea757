/** Everything one can do while reviewing, as data: id, words, keys. No key of a taxonomy is in force here. */
import type { CommandWords } from "../commands";

export type ReviewCommandId =
  | "accept"
  | "sendBack"
  | "fix"
  | "skip"
  | "release"
  | "instructions"
  | "help"
  | "answers.next"
  | "answers.previous"
  | "answers.together"
  | "answers.merged"
  | "answers.apart"
  | "hide"
  | "opacity.less"
  | "opacity.more"
  | "zoom.in"
  | "zoom.out"
  | "zoom.fit"
  | "zoom.actual";

export const REVIEW_COMMANDS: readonly CommandWords<ReviewCommandId>[] = [
  { id: "accept", label: "Accept", group: "Review", keys: ["a"] },
  { id: "sendBack", label: "Send back, with a note", group: "Review", keys: ["r"] },
  { id: "fix", label: "Fix the answer shown", group: "Review", keys: ["f"] },
  { id: "skip", label: "Skip, with a reason", group: "Task", keys: ["s"] },
  { id: "release", label: "Give back and stop", group: "Task", keys: ["g"] },
  { id: "instructions", label: "Instructions", group: "Task", keys: ["i"] },
  { id: "help", label: "Keys", group: "Task", keys: ["?"] },
  { id: "answers.next", label: "Next answer", group: "Answer", keys: ["."], repeats: true },
  { id: "answers.previous", label: "Previous answer", group: "Answer", keys: [","], repeats: true },
  {
    id: "answers.together",
    label: "All answers together",
    group: "Answer",
    keys: ["o"],
  },
  { id: "answers.merged", label: "What they say together", group: "Answer", keys: ["m"] },
  { id: "answers.apart", label: "Only the differences, or all", group: "Answer", keys: ["d"] },
  { id: "hide", label: "Hide or show annotations", group: "Image", keys: ["h"] },
  { id: "opacity.less", label: "Fainter fill", group: "Image", keys: ["["], repeats: true },
  { id: "opacity.more", label: "Stronger fill", group: "Image", keys: ["]"], repeats: true },
  { id: "zoom.in", label: "Zoom in", group: "Image", keys: ["+", "="], repeats: true },
  { id: "zoom.out", label: "Zoom out", group: "Image", keys: ["-"], repeats: true },
  { id: "zoom.fit", label: "Fit the image", group: "Image", keys: ["0"] },
  { id: "zoom.actual", label: "Actual size", group: "Image", keys: ["alt+1"] },
];

/** Keys that are not commands, for the sheet. */
export const LOOKING_KEYS: readonly { readonly keys: string; readonly what: string }[] = [
  { keys: "Enter", what: "Accept" },
  { keys: "1 to 9", what: "The answer of this number" },
  { keys: "Shift+1 to 9", what: "Hide or show it among all" },
  { keys: "Tab", what: "Next annotation" },
  { keys: "Arrows", what: "Move over the image or text" },
  { keys: "Ctrl+Enter", what: "In the note: send back" },
  { keys: "Esc", what: "Leave the note; select nothing" },
];
