/**
 * What stands on the waveform: state changes, tool calls, failed ones, reflections, comments and flags, each at the turn it
 * belongs to. Times in milliseconds, places in CSS pixels.
 */
import type { CommentView, MarkerView, SoundPart } from "../../../backend";
import type { Transcript } from "../transcript";

/** What a mark tells, the least important first: where two share a place the later one is drawn. */
const KINDS = ["reflection", "tool", "state", "resolved", "flag", "comment", "failure"] as const;
export type MarkKind = (typeof KINDS)[number];

export interface Mark {
  /** Unique, and the same when everything is read again. */
  key: string;
  kind: MarkKind;
  /** The turn it belongs to, and where that is heard; `null` where there is no sound. */
  message: string;
  atMs: number | null;
  /** As it is named when it is pointed at. */
  name: string;
}

const KIND_OF: Record<MarkerView["kind"], MarkKind> = {
  state: "state",
  tool: "tool",
  "tool-failed": "failure",
  reflection: "reflection",
};

const NAME_OF: Record<MarkKind, string> = {
  state: "State",
  tool: "Tool call",
  failure: "Tool error",
  reflection: "Reflection",
  flag: "Flag",
  comment: "Open comment",
  resolved: "Resolved comment",
};

/** A name on one line, short enough to be pointed at. */
function brief(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}

/** All marks in the order of the turns. What belongs to a turn that is not read yet is left out. */
export function marksOf(
  markers: readonly MarkerView[],
  comments: readonly CommentView[],
  flags: readonly string[],
  transcript: Transcript,
  parts: ReadonlyMap<string, SoundPart>,
): Mark[] {
  const firstOf = new Map<string, string>();
  for (const { interactionId, id } of transcript.messages) {
    if (!firstOf.has(interactionId)) firstOf.set(interactionId, id);
  }
  const place = (kind: MarkKind, key: string, turn: string, interaction: string, text: string) => {
    const message = transcript.places.has(turn) ? turn : firstOf.get(interaction);
    if (message === undefined) return [];
    const atMs = soundAt(message, transcript, parts)?.startMs ?? null;
    return [{ key, kind, message, atMs, name: `${NAME_OF[kind]}: ${brief(text)}` }];
  };
  const of = markers.flatMap(({ kind, interactionId, messageId, label }, at) =>
    place(KIND_OF[kind], `${kind}/${interactionId}/${at}`, messageId, interactionId, label),
  );
  const about = comments.flatMap(({ id, resolved, interactionId, messageId, text }) =>
    interactionId === null
      ? []
      : place(resolved ? "resolved" : "comment", id, messageId ?? "", interactionId, text),
  );
  const flagged = flags.flatMap((id) => {
    const said = transcript.messages[transcript.places.get(id)?.message ?? -1];
    return said ? place("flag", `flag/${id}`, id, said.interactionId, said.text) : [];
  });
  const order = ({ message }: Mark) => transcript.places.get(message)?.message ?? 0;
  return [...of, ...about, ...flagged].sort((a, b) => order(a) - order(b));
}

/** The part of the timeline a turn is heard at: its own, else the next one's. */
export function soundAt(
  message: string,
  transcript: Transcript,
  parts: ReadonlyMap<string, SoundPart>,
): SoundPart | undefined {
  const from = transcript.places.get(message)?.message;
  if (from === undefined) return undefined;
  for (let at = from; at < transcript.messages.length; at += 1) {
    const part = parts.get(transcript.messages[at]?.id ?? "");
    if (part) return part;
  }
  return undefined;
}

/** A mark, or several that share a place, as it is drawn. */
export interface Placed {
  x: number;
  kind: MarkKind;
  marks: Mark[];
}

/** Least distance between two marks, and how far one may be drawn from where it belongs. */
const APART = 10;
const ASTRAY = 20;

/** Puts marks side by side; those that would stray too far share the last one's place. */
export function placed(marks: readonly Mark[], toX: (ms: number) => number): Placed[] {
  const all: Placed[] = [];
  for (const mark of marks) {
    if (mark.atMs === null) continue;
    const wanted = toX(mark.atMs);
    const last = all.at(-1);
    const x = last ? Math.max(wanted, last.x + APART) : wanted;
    if (!last || x - wanted <= ASTRAY) all.push({ x, kind: mark.kind, marks: [mark] });
    else {
      last.marks.push(mark);
      if (KINDS.indexOf(mark.kind) > KINDS.indexOf(last.kind)) last.kind = mark.kind;
    }
  }
  return all;
}

/** Where a visit leads: the mark, and whether it began again at the other end. */
export interface Visit {
  mark: Mark;
  around: boolean;
}

/**
 * The next mark (`by` 1) or the one before (−1). It counts from the mark visited last while that turn is still the current one,
 * else from the current turn. After the last one comes the first.
 */
export function visitFrom(
  marks: readonly Mark[],
  by: 1 | -1,
  current: string | null,
  visited: string | null,
  transcript: Transcript,
): Visit | undefined {
  const line = by === 1 ? marks : [...marks].reverse();
  const [first] = line;
  if (!first) return undefined;
  const at = line.findIndex(({ key, message }) => key === visited && message === current);
  const order = (message: string) => by * (transcript.places.get(message)?.message ?? 0);
  const next =
    at >= 0
      ? line[at + 1]
      : line.find(({ message }) => {
          if (current === null) return true;
          // A turn nobody went to yet has not been visited either.
          return visited === null ? order(message) >= order(current) : order(message) > order(current);
        });
  return next ? { mark: next, around: false } : { mark: first, around: true };
}
