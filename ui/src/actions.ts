/** Every action there is: one table for the dispatcher, the sheet of keys, the palette, the menu bar and the page where keys are changed. */
import type { Chord } from "./keys/chord";

/** Where an action makes sense, in words a reviewer reads; in the order they are explained. */
export const WHERE = ["Anywhere", "List", "Transcript", "Sound", "Feedback", "View", "Account"] as const;
export type Where = (typeof WHERE)[number];

/** What the table says of an action. */
export type Entry = {
  label: string;
  where: Where;
  /** The keys at first; an action without any is found in the palette and the menu, and can be given one. */
  chords: readonly Chord[];
  /** Whether holding the key down acts again and again. */
  repeats?: boolean;
  /** Whether its chords mean something of their own to a text field, which then keeps them. */
  leftToText?: boolean;
  /** Whether its keys cannot be changed. */
  fixed?: boolean;
  /** Other words it is found by. */
  also?: string;
};

/** Every action, in the order they are explained. */
export const ACTIONS = {
  "next-turn": { label: "Next turn", where: "Transcript", chords: [{ key: "j" }], repeats: true },
  "previous-turn": { label: "Previous turn", where: "Transcript", chords: [{ key: "k" }], repeats: true },
  "next-conversation": {
    label: "Next conversation",
    where: "List",
    chords: [
      { key: "j", shift: true },
      { key: "ArrowDown", mod: true, alt: true },
    ],
    repeats: true,
  },
  "previous-conversation": {
    label: "Previous conversation",
    where: "List",
    chords: [
      { key: "k", shift: true },
      { key: "ArrowUp", mod: true, alt: true },
    ],
    repeats: true,
  },
  "play-pause": {
    label: "Play or pause",
    where: "Sound",
    chords: [{ key: " " }, { key: " ", mod: true }],
    also: "stop listen",
  },
  "seek-back": { label: "Back 2 seconds", where: "Sound", chords: [{ key: "," }], repeats: true },
  "seek-forward": { label: "Forward 2 seconds", where: "Sound", chords: [{ key: "." }], repeats: true },
  "seek-back-far": {
    label: "Back 10 seconds",
    where: "Sound",
    chords: [{ code: "Comma", shift: true }, { key: "<" }],
    repeats: true,
  },
  "seek-forward-far": {
    label: "Forward 10 seconds",
    where: "Sound",
    chords: [{ code: "Period", shift: true }, { key: ">" }],
    repeats: true,
  },
  slower: {
    label: "Slower",
    where: "Sound",
    chords: [{ key: "[" }, { code: "BracketLeft" }, { key: "ArrowDown", alt: true }],
    repeats: true,
    also: "speed",
  },
  faster: {
    label: "Faster",
    where: "Sound",
    chords: [{ key: "]" }, { code: "BracketRight" }, { key: "ArrowUp", alt: true }],
    repeats: true,
    also: "speed",
  },
  "normal-speed": {
    label: "Normal speed",
    where: "Sound",
    chords: [{ key: "\\" }, { code: "Backslash" }],
    also: "1x",
  },
  follow: { label: "Follow the sound", where: "Sound", chords: [{ key: "f" }], also: "transcript" },
  "next-error": { label: "Next tool error", where: "Transcript", chords: [{ key: "x" }], repeats: true },
  "next-state": { label: "Next state change", where: "Transcript", chords: [{ key: "s" }], repeats: true },
  "next-comment": { label: "Next open comment", where: "Transcript", chords: [{ key: "n" }], repeats: true },
  "previous-comment": {
    label: "Previous open comment",
    where: "Transcript",
    chords: [{ key: "n", shift: true }],
    repeats: true,
  },
  comment: { label: "Comment on this turn", where: "Transcript", chords: [{ key: "c" }], also: "write" },
  tag: { label: "Add a tag", where: "Transcript", chords: [{ key: "t" }] },
  flag: {
    label: "Flag this turn, or take the flag away",
    where: "Transcript",
    chords: [{ key: "!" }],
    also: "mark",
  },
  resolve: { label: "Resolve the open comment of the turn", where: "Transcript", chords: [{ key: "e" }] },
  done: {
    label: "Reviewed, go to the next unreviewed",
    where: "Transcript",
    chords: [{ key: "Enter", mod: true }],
    also: "complete finish mark done",
  },
  "choose-first": {
    label: "First answer to a question",
    where: "Transcript",
    chords: [{ key: "1" }, { code: "Digit1" }],
  },
  "choose-second": {
    label: "Second answer to a question",
    where: "Transcript",
    chords: [{ key: "2" }, { code: "Digit2" }],
  },
  "choose-third": {
    label: "Third answer to a question",
    where: "Transcript",
    chords: [{ key: "3" }, { code: "Digit3" }],
  },
  undo: {
    label: "Undo",
    where: "Anywhere",
    chords: [{ key: "u" }, { key: "z", mod: true }],
    leftToText: true,
    also: "take back",
  },
  redo: {
    label: "Make again what was undone",
    where: "Anywhere",
    chords: [
      { key: "z", mod: true, shift: true },
      { key: "y", mod: true },
    ],
    leftToText: true,
    also: "redo",
  },
  open: {
    label: "Open the conversation",
    where: "List",
    chords: [{ key: "o" }, { key: "Enter" }],
  },
  leave: { label: "Leave", where: "Anywhere", chords: [{ key: "Escape" }], fixed: true, also: "close back" },
  palette: {
    label: "Find a command or an id",
    where: "Anywhere",
    chords: [{ key: "k", mod: true }],
    also: "palette go to",
  },
  send: {
    label: "Send what is typed, and stay",
    where: "Transcript",
    chords: [{ key: "Enter", mod: true, shift: true }],
  },
  help: {
    label: "Show the keys",
    where: "Anywhere",
    chords: [{ key: "?" }],
    also: "help shortcuts keyboard",
  },
  "go-conversations": { label: "Go to Conversations", where: "Anywhere", chords: [], also: "list place" },
  "go-feedback": { label: "Go to Feedback", where: "Anywhere", chords: [], also: "comments resolve place" },
  "go-settings": { label: "Go to Settings", where: "Anywhere", chords: [], also: "preferences place" },
  "change-keys": {
    label: "Change the keys",
    where: "Anywhere",
    chords: [],
    also: "keyboard shortcuts rebind settings",
  },
  "read-list": { label: "Read the list again", where: "List", chords: [], also: "refresh reload" },
  "clear-filters": {
    label: "Clear the filters",
    where: "List",
    chords: [],
    also: "all conversations",
  },
  skip: {
    label: "Skip the review, go to the next unreviewed",
    where: "Transcript",
    chords: [],
    also: "skip this conversation mark skipped",
  },
  "save-view": { label: "Save this view", where: "List", chords: [], also: "filters name" },
  "make-queue": { label: "Make a queue", where: "List", chords: [], also: "sample seed view" },
  select: { label: "Select the row, or take it out of the selection", where: "List", chords: [{ key: "v" }] },
  "select-all": {
    label: "Select all rows that are loaded",
    where: "List",
    chords: [{ key: "a", mod: true }],
    leftToText: true,
  },
  "tag-selected": {
    label: "Tag what is selected",
    where: "List",
    chords: [{ key: "t", shift: true }],
    also: "bulk many",
  },
  "focus-mode": {
    label: "Focus mode: hide or show the list and the rail",
    where: "View",
    chords: [{ key: "w" }],
    also: "panes",
  },
  "auto-advance": {
    label: "Going on after a review, or no longer",
    where: "Transcript",
    chords: [],
    also: "auto-advance next",
  },
  "in-progress": {
    label: "Mark the review as in progress",
    where: "Transcript",
    chords: [],
    also: "begin started",
  },
  "no-state": {
    label: "Take the state of the review away",
    where: "Transcript",
    chords: [],
    also: "not begun",
  },
  "show-insights": {
    label: "Show insights",
    where: "Transcript",
    chords: [],
    also: "why state memory tools",
  },
  "show-comments": { label: "Show comments", where: "Transcript", chords: [], also: "feedback" },
  "show-details": { label: "Show details", where: "Transcript", chords: [], also: "ids version agent" },
  "copy-id": { label: "Copy the conversation’s id", where: "Transcript", chords: [] },
  "skip-silence": { label: "Skip silence, or no longer", where: "Sound", chords: [], also: "pauses" },
  mute: { label: "Mute, or no longer", where: "Sound", chords: [], also: "volume silent" },
  "save-sound": {
    label: "Save the whole conversation’s sound…",
    where: "Sound",
    chords: [],
    also: "export wav audio",
  },
  "resolve-next": {
    label: "Resolve the comment, and go to the next open one",
    where: "Feedback",
    chords: [{ key: "e", shift: true }],
  },
  reopen: { label: "Open a resolved comment again", where: "Feedback", chords: [{ key: "r" }] },
  "theme-system": { label: "Theme: as the system", where: "View", chords: [], also: "colours appearance" },
  "theme-light": { label: "Theme: light", where: "View", chords: [], also: "colours appearance" },
  "theme-dark": { label: "Theme: dark", where: "View", chords: [], also: "colours appearance" },
  "high-contrast": {
    label: "High contrast, or as the system",
    where: "View",
    chords: [],
    also: "colours appearance",
  },
  "larger-text": { label: "Larger text", where: "View", chords: [], repeats: true, also: "size zoom in" },
  "smaller-text": { label: "Smaller text", where: "View", chords: [], repeats: true, also: "size zoom out" },
  "usual-text": { label: "Usual text size", where: "View", chords: [], also: "100 reset zoom" },
  "show-list": { label: "Show or hide the list", where: "View", chords: [], also: "pane conversations" },
  "show-why": { label: "Show or hide the right pane", where: "View", chords: [], also: "insights drawer" },
  "menu-bar": { label: "Show or hide the menu bar", where: "View", chords: [{ key: "F10" }] },
  "single-keys": {
    label: "Single-letter keys on or off",
    where: "View",
    chords: [],
    also: "keyboard shortcuts",
  },
  "export-history": { label: "Export history…", where: "Account", chords: [], also: "save changes audit" },
  "clear-cache": { label: "Clear cache", where: "Account", chords: [], also: "remove fetched" },
  "add-account": { label: "Add an account", where: "Account", chords: [], also: "sign in" },
  "sign-out": { label: "Sign out", where: "Account", chords: [], also: "leave log out" },
} as const satisfies Record<string, Entry>;

export type ActionId = keyof typeof ACTIONS;

/** The actions, in order. */
export const actionIds = Object.keys(ACTIONS) as ActionId[];

/** What the preset of arrow keys adds. */
export const ARROWS: Partial<Record<ActionId, readonly Chord[]>> = {
  "next-turn": [{ key: "ArrowDown" }],
  "previous-turn": [{ key: "ArrowUp" }],
  "seek-back": [{ key: "ArrowLeft" }],
  "seek-forward": [{ key: "ArrowRight" }],
};
