/** Short words about something that is done, with a way back. */

/** A button on a toast that leads on. */
export type Offer = { label: string; act: () => void };
type Toast = { id: number; text: string; undo?: () => void; offer?: Offer };

/** How long a toast stays, in milliseconds. */
const TOAST_MS = 5000;

let nextId = 1;
let shown = $state.raw<readonly Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** What is shown now, oldest first. */
export function toasts(): readonly Toast[] {
  return shown;
}

/** Takes a toast away. */
export function dismiss(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  shown = shown.filter((toast) => toast.id !== id);
}

/** Takes away every toast that offers to take something back, as that is not possible any more. */
export function forgetUndos(): void {
  for (const { id, undo } of shown) if (undo) dismiss(id);
}

/** Takes every toast away: what they tell is of an account that is left. */
export function forgetToasts(): void {
  for (const { id } of shown) dismiss(id);
}

/** Stops the clock of a toast while it is pointed at or focused. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
}

/** Starts the clock of a toast anew. */
export function release(id: number): void {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => dismiss(id), TOAST_MS),
  );
}

/** Shows a toast for five seconds; `undo` adds the button that takes the deed back, `offer` another one. */
export function toast(text: string, undo?: () => void, offer?: Offer): number {
  const id = nextId++;
  shown = [...shown, { id, text, undo, offer }].slice(-3);
  release(id);
  return id;
}
