/** Every action that has a key: one table for the dispatcher, for the keys shown beside what they do, and for what is announced. */

/** A combination of keys. Either the character typed (`key`) or the physical key (`code`). */
export type Chord = {
  key?: string;
  code?: string;
  shift?: boolean;
  mod?: boolean;
  alt?: boolean;
};

/** Where an action makes sense, in words a reviewer reads. */
export type Where = "Anywhere" | "List" | "Transcript" | "Sound";

type Action = {
  label: string;
  where: Where;
  /** As shown beside the action. */
  shown: string;
  /** As announced by assistive technology. */
  aria: string;
  chords: Chord[];
  /** Whether holding the key down acts again and again. */
  repeats: boolean;
  /** Whether its chords mean something of their own to a text field, which then keeps them. */
  leftToText?: boolean;
};

/** Every action that has a key, in the order they are explained. */
export const ACTIONS = {
  "next-turn": {
    label: "Next turn",
    where: "Transcript",
    shown: "J",
    aria: "J",
    chords: [{ key: "j" }],
    repeats: true,
  },
  "previous-turn": {
    label: "Previous turn",
    where: "Transcript",
    shown: "K",
    aria: "K",
    chords: [{ key: "k" }],
    repeats: true,
  },
  "next-conversation": {
    label: "Next conversation",
    where: "List",
    shown: "⇧J",
    aria: "Shift+J Control+Alt+ArrowDown",
    chords: [
      { key: "j", shift: true },
      { key: "ArrowDown", mod: true, alt: true },
    ],
    repeats: true,
  },
  "previous-conversation": {
    label: "Previous conversation",
    where: "List",
    shown: "⇧K",
    aria: "Shift+K Control+Alt+ArrowUp",
    chords: [
      { key: "k", shift: true },
      { key: "ArrowUp", mod: true, alt: true },
    ],
    repeats: true,
  },
  "play-pause": {
    label: "Play or pause",
    where: "Sound",
    shown: "Space",
    aria: "Space Control+Space",
    chords: [{ key: " " }, { key: " ", mod: true }],
    repeats: false,
  },
  "seek-back": {
    label: "Back 2 seconds",
    where: "Sound",
    shown: ",",
    aria: ",",
    chords: [{ key: "," }],
    repeats: true,
  },
  "seek-forward": {
    label: "Forward 2 seconds",
    where: "Sound",
    shown: ".",
    aria: ".",
    chords: [{ key: "." }],
    repeats: true,
  },
  "seek-back-far": {
    label: "Back 10 seconds",
    where: "Sound",
    shown: "⇧,",
    aria: "Shift+,",
    chords: [{ key: "<" }, { code: "Comma", shift: true }],
    repeats: true,
  },
  "seek-forward-far": {
    label: "Forward 10 seconds",
    where: "Sound",
    shown: "⇧.",
    aria: "Shift+.",
    chords: [{ key: ">" }, { code: "Period", shift: true }],
    repeats: true,
  },
  slower: {
    label: "Slower",
    where: "Sound",
    shown: "[",
    aria: "[ Alt+ArrowDown",
    chords: [{ key: "[" }, { code: "BracketLeft" }, { key: "ArrowDown", alt: true }],
    repeats: true,
  },
  faster: {
    label: "Faster",
    where: "Sound",
    shown: "]",
    aria: "] Alt+ArrowUp",
    chords: [{ key: "]" }, { code: "BracketRight" }, { key: "ArrowUp", alt: true }],
    repeats: true,
  },
  "normal-speed": {
    label: "Normal speed",
    where: "Sound",
    shown: "\\",
    aria: "\\",
    chords: [{ key: "\\" }, { code: "Backslash" }],
    repeats: false,
  },
  follow: {
    label: "Follow the sound",
    where: "Sound",
    shown: "F",
    aria: "F",
    chords: [{ key: "f" }],
    repeats: false,
  },
  "next-error": {
    label: "Next tool error",
    where: "Transcript",
    shown: "X",
    aria: "X",
    chords: [{ key: "x" }],
    repeats: true,
  },
  "next-state": {
    label: "Next state change",
    where: "Transcript",
    shown: "S",
    aria: "S",
    chords: [{ key: "s" }],
    repeats: true,
  },
  "next-comment": {
    label: "Next open comment",
    where: "Transcript",
    shown: "N",
    aria: "N",
    chords: [{ key: "n" }],
    repeats: true,
  },
  "previous-comment": {
    label: "Previous open comment",
    where: "Transcript",
    shown: "⇧N",
    aria: "Shift+N",
    chords: [{ key: "n", shift: true }],
    repeats: true,
  },
  comment: {
    label: "Comment on this turn",
    where: "Transcript",
    shown: "C",
    aria: "C",
    chords: [{ key: "c" }],
    repeats: false,
  },
  tag: {
    label: "Add a tag",
    where: "Transcript",
    shown: "T",
    aria: "T",
    chords: [{ key: "t" }],
    repeats: false,
  },
  resolve: {
    label: "Resolve the open comment of the turn",
    where: "Transcript",
    shown: "E",
    aria: "E",
    chords: [{ key: "e" }],
    repeats: false,
  },
  done: {
    label: "Reviewed, go to the next unreviewed",
    where: "Transcript",
    shown: "⌃↵",
    aria: "Control+Enter",
    chords: [{ key: "Enter", mod: true }],
    repeats: false,
  },
  "choose-first": {
    label: "First answer to a question",
    where: "Transcript",
    shown: "1",
    aria: "1",
    chords: [{ key: "1" }, { code: "Digit1" }],
    repeats: false,
  },
  "choose-second": {
    label: "Second answer to a question",
    where: "Transcript",
    shown: "2",
    aria: "2",
    chords: [{ key: "2" }, { code: "Digit2" }],
    repeats: false,
  },
  "choose-third": {
    label: "Third answer to a question",
    where: "Transcript",
    shown: "3",
    aria: "3",
    chords: [{ key: "3" }, { code: "Digit3" }],
    repeats: false,
  },
  undo: {
    label: "Undo",
    where: "Anywhere",
    shown: "U",
    aria: "U Control+Z",
    chords: [{ key: "u" }, { key: "z", mod: true }],
    repeats: false,
    leftToText: true,
  },
  redo: {
    label: "Make again what was undone",
    where: "Anywhere",
    shown: "Ctrl ⇧Z",
    aria: "Control+Shift+Z Control+Y",
    chords: [
      { key: "z", mod: true, shift: true },
      { key: "y", mod: true },
    ],
    repeats: false,
    leftToText: true,
  },
  open: {
    label: "Open the conversation",
    where: "List",
    shown: "O",
    aria: "O Enter",
    chords: [{ key: "o" }, { key: "Enter" }],
    repeats: false,
  },
  leave: {
    label: "Leave",
    where: "Anywhere",
    shown: "Esc",
    aria: "Escape",
    chords: [{ key: "Escape" }],
    repeats: false,
  },
  send: {
    label: "Send what is typed, and stay",
    where: "Transcript",
    shown: "⌃⇧↵",
    aria: "Control+Shift+Enter",
    chords: [{ key: "Enter", mod: true, shift: true }],
    repeats: false,
  },
  skip: {
    label: "Skip the review, go to the next unreviewed",
    where: "Transcript",
    shown: "",
    aria: "",
    chords: [],
    repeats: false,
  },
  "save-view": {
    label: "Save this view",
    where: "List",
    shown: "",
    aria: "",
    chords: [],
    repeats: false,
  },
  "make-queue": {
    label: "Make a queue",
    where: "List",
    shown: "",
    aria: "",
    chords: [],
    repeats: false,
  },
  "focus-mode": {
    label: "Focus mode: hide or show the list and the rail",
    where: "Anywhere",
    shown: "W",
    aria: "W",
    chords: [{ key: "w" }],
    repeats: false,
  },
  select: {
    label: "Select the row, or take it out of the selection",
    where: "List",
    shown: "V",
    aria: "V",
    chords: [{ key: "v" }],
    repeats: false,
  },
  "select-all": {
    label: "Select all rows that are loaded",
    where: "List",
    shown: "Ctrl A",
    aria: "Control+A",
    chords: [{ key: "a", mod: true }],
    repeats: false,
    leftToText: true,
  },
  "tag-selected": {
    label: "Tag what is selected",
    where: "List",
    shown: "⇧T",
    aria: "Shift+T",
    chords: [{ key: "t", shift: true }],
    repeats: false,
  },
  "auto-advance": {
    label: "Switch going on by itself after a review",
    where: "Anywhere",
    shown: "",
    aria: "",
    chords: [],
    repeats: false,
  },
} as const satisfies Record<string, Action>;

export type ActionId = keyof typeof ACTIONS;

/** An action's entry in the table. */
export function actionOf(id: ActionId): Action {
  return ACTIONS[id];
}
