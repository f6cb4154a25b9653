/** Draws the waveform: bars in the speakers' colours, what is not there yet, what cannot be played, and marks above it all. */
import { BAR, type Bar } from "./bars";
import type { MarkKind, Placed } from "./marks";

/** Colours by what they are for. */
export type Inks = Record<"user" | "agent" | "other" | "accent" | "open" | "danger", string>;

/** A stretch of the picture that cannot be played, or a text message: places in CSS pixels. */
export interface Column {
  x: number;
  width: number;
}

export interface Picture {
  width: number;
  height: number;
  /** Height of the lane the marks stand in, above the bars. */
  lane: number;
  ratio: number;
  bars: readonly (Bar & { x: number; ink: "user" | "agent" | "other"; waits: boolean; heard: boolean })[];
  played: number;
  failed: readonly Column[];
  texts: readonly number[];
  marks: readonly Placed[];
  inks: Inks;
}

const FADED = 0.38;
/** How tall a bar of silence, or of what is not there yet, stands. */
const LOW = 2;
const HATCH = 4;
const TEXT_TICK = 4;

type Context = OffscreenCanvasRenderingContext2D;

/** Shows it on a canvas of `width` × `height` CSS pixels. */
export function show(canvas: HTMLCanvasElement, picture: Picture): void {
  const context = canvas.getContext("bitmaprenderer");
  if (!context) return;
  const [width, height] = [
    Math.round(picture.width * picture.ratio),
    Math.round(picture.height * picture.ratio),
  ];
  // Painted apart and handed over whole: a frame that is drawn meanwhile would show half of it.
  const sheet = new OffscreenCanvas(width, height);
  paint(sheet, picture);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.transferFromImageBitmap(sheet.transferToImageBitmap());
}

/** Paints all of it on an empty sheet. */
export function paint(sheet: OffscreenCanvas, picture: Picture): void {
  const context = sheet.getContext("2d");
  if (!context) return;
  const { height, lane, ratio, inks } = picture;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  paintBars(context, picture);
  for (const { x, width } of picture.failed) hatch(context, x, lane, width, height - lane, inks.danger);
  context.fillStyle = inks.other;
  for (const x of picture.texts) context.fillRect(Math.round(x), height - TEXT_TICK, 1, TEXT_TICK);
  for (const { x, kind } of picture.marks) shape(context, kind, x, lane / 2, inks);
}

function paintBars(context: Context, { bars, played, lane, height, inks }: Picture): void {
  const room = height - lane - TEXT_TICK;
  const middle = lane + room / 2;
  for (const ink of ["user", "agent", "other"] as const) {
    for (const full of [true, false]) {
      context.globalAlpha = full ? 1 : FADED;
      context.fillStyle = inks[ink];
      context.beginPath();
      for (const { x, loud, ink: own, waits, heard, fromMs } of bars) {
        if (own !== ink || !heard || fromMs < played !== full) continue;
        if (waits || loud === null) {
          context.rect(x, middle - LOW / 2, BAR.width, LOW);
          continue;
        }
        const tall = Math.max(LOW, loud * room);
        context.roundRect(x, middle - tall / 2, BAR.width, tall, BAR.width / 2);
      }
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

function hatch(context: Context, x: number, y: number, width: number, height: number, ink: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  context.beginPath();
  for (let at = -height; at < width; at += HATCH) {
    context.moveTo(x + at, y + height);
    context.lineTo(x + at + height, y);
  }
  context.stroke();
  context.restore();
}

const INK_OF: Record<MarkKind, keyof Inks> = {
  failure: "danger",
  comment: "open",
  resolved: "other",
  state: "accent",
  tool: "other",
  reflection: "other",
  flag: "danger",
};

/** One mark: each kind has a form of its own, so that nobody needs to tell the colours apart. */
export function shape(context: Context, kind: MarkKind, x: number, y: number, inks: Inks): void {
  context.strokeStyle = context.fillStyle = inks[INK_OF[kind]];
  context.lineWidth = kind === "failure" ? 2 : 1.25;
  context.lineCap = "round";
  context.beginPath();
  if (kind === "comment" || kind === "resolved") context.arc(x, y, 3.25, 0, 2 * Math.PI);
  else if (kind === "tool") context.rect(x - 2.75, y - 2.75, 5.5, 5.5);
  else if (kind === "state") polygon(context, [x, y - 4, x + 4, y, x, y + 4, x - 4, y]);
  else if (kind === "flag")
    polygon(context, [x - 3, y + 4, x - 3, y - 4, x + 4, y - 2, x - 2, y, x - 2, y + 4]);
  else if (kind === "reflection") polygon(context, [x, y - 3.5, x + 3.75, y + 3, x - 3.75, y + 3]);
  else {
    context.moveTo(x - 3, y - 3);
    context.lineTo(x + 3, y + 3);
    context.moveTo(x + 3, y - 3);
    context.lineTo(x - 3, y + 3);
  }
  if (kind === "comment" || kind === "state" || kind === "flag") context.fill();
  else context.stroke();
}

function polygon(context: Context, points: number[]): void {
  for (let at = 0; at < points.length; at += 2) context.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
  context.closePath();
}
