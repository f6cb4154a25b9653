import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { shellAnswering, type Asked } from "../test/backend";
import { TELL_EVERY_MS, tellOfPresence } from "./presence";

let asked: Asked[];
let stop: () => void;

beforeEach(() => {
  asked = shellAnswering({ somebody_is_there: () => null });
  stop = tellOfPresence();
});
afterEach(() => stop());

/** Something done so many milliseconds after the window came. */
function done(sign: string, at: number): void {
  const event = new Event(sign);
  vi.spyOn(event, "timeStamp", "get").mockReturnValue(at);
  window.dispatchEvent(event);
}

it("tells at once, and not again at every touch", () => {
  done("keydown", 100);
  done("pointermove", 200);
  done("wheel", 100 + TELL_EVERY_MS - 1);
  expect(asked).toHaveLength(1);
  done("pointerdown", 100 + TELL_EVERY_MS);
  expect(asked.map(({ command }) => command)).toEqual(["somebody_is_there", "somebody_is_there"]);
});

it("tells nothing any more when it is stopped", () => {
  stop();
  done("keydown", 100);
  expect(asked).toEqual([]);
});
