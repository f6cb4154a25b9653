/** The loudness of a message as bars, and drawing them. */

/** Bars as wide as they are drawn, in CSS pixels, with the gap to the next one. */
export const BAR = { width: 2, step: 3 };

/** Reduces peaks (0 to 255) to so many bars (0 to 1), each as high as the loudest peak it stands for. */
export function bars(peaks: readonly number[], count: number): number[] {
  if (peaks.length === 0 || count <= 0) return [];
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / count);
    const to = Math.max(from + 1, Math.ceil(((bar + 1) * peaks.length) / count));
    let loudest = 0;
    for (let at = from; at < to; at += 1) loudest = Math.max(loudest, peaks[at] ?? 0);
    return loudest / 255;
  });
}

/** How many bars fit. */
export const barsIn = (width: number) => Math.max(1, Math.floor((width + BAR.step - BAR.width) / BAR.step));

/** Draws bars on a canvas of `width` × `height` CSS pixels; those from `played` on are faded. */
export function draw(
  canvas: HTMLCanvasElement,
  heights: readonly number[],
  { width, height, ratio, played }: { width: number; height: number; ratio: number; played: number },
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  // The colour token is a pair; only the computed colour says which of the two holds now.
  context.fillStyle = getComputedStyle(canvas).color;
  heights.forEach((loud, bar) => {
    const tall = Math.max(BAR.width, loud * height);
    context.globalAlpha = bar < played ? 1 : 0.4;
    context.beginPath();
    context.roundRect(bar * BAR.step, (height - tall) / 2, BAR.width, tall, BAR.width / 2);
    context.fill();
  });
}
