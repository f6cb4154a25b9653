import { screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { tellChanged } from "../../../lib/outbox.svelte";
import { comment, message, playing, sound, tag, voice } from "../fixtures";
import { beginAnew, open, part, shell } from "../world";
import { player } from "./player.svelte";

vi.mock("../../../backend");
vi.mock("../../../elements/VirtualList.svelte");

beforeEach(beginAnew);

/** A conversation of 100 s: the agent speaks for 40 s, then the user. */
async function shown() {
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(400);
  const said = { voice: true, sender: "Maya", kind: "agent-message", text: "Good morning <b>you</b>" };
  const view = await open({
    messages: [message("m1", 1, said), message("m2", 1, { voice: true, text: "Hello" })],
    sound: sound([voice("m1", 0, 40), voice("m2", 40, 100)]),
    comments: [comment("k1")],
    markers: [{ kind: "tool-failed", interactionId: "interaction-1", messageId: "m2", label: "find_slots" }],
  });
  await waitFor(() => expect(part("waveform")).toBeInTheDocument());
  vi.restoreAllMocks();
  const slider = screen.getByRole("slider", { name: "Position in the conversation" });
  slider.setPointerCapture = vi.fn();
  slider.getBoundingClientRect = () => ({ left: 100, width: 400 }) as DOMRect;
  return { ...view, slider };
}

it("says where it is, and who speaks there", async () => {
  const { slider } = await shown();
  expect(slider).toHaveAttribute("aria-valuetext", "0:00 of 1:40, Maya");
  player.see(playing("m2", 83_400, { totalMs: 100_000, status: "waiting" }));
  await waitFor(() => expect(slider).toHaveAttribute("aria-valuetext", "1:23 of 1:40, Daniel"));
});

it("asks for no more peaks than there are pixels", async () => {
  await shown();
  await waitFor(() => expect(shell.drawPeaks).toHaveBeenCalled());
  for (const [, from, to, buckets] of shell.drawPeaks.mock.calls) {
    expect(buckets).toBeLessThanOrEqual(512);
    expect((to - from) % buckets).toBe(0);
    expect(Number.isInteger(from)).toBe(true);
  }
});

it("holds the marks of insights and of comments", async () => {
  const { slider } = await shown();
  await waitFor(() => expect(slider).toHaveAttribute("data-marks", "2"));
});

describe("seeking", () => {
  it("by keys", async () => {
    const { slider, user } = await shown();
    player.see(playing("m1", 20_000, { totalMs: 100_000 }));
    player.see(playing("m1", 20_000, { totalMs: 100_000, status: "paused" }));
    slider.focus();
    await user.keyboard("{ArrowRight}{PageDown}{Home}{End}");
    expect(shell.seekSound.mock.calls.flat()).toEqual([22_000, 12_000, 0, 100_000]);
  });

  it("goes where the pointer lets go, and shows where it is held", async () => {
    const { slider, user } = await shown();
    await user.pointer({ keys: "[MouseLeft>]", target: slider, coords: { clientX: 200 } });
    expect(slider).toHaveAttribute("aria-valuetext", "0:25 of 1:40, Maya");
    await user.pointer({ target: slider, coords: { clientX: 400 } });
    expect(slider).toHaveAttribute("aria-valuetext", "1:15 of 1:40, Daniel");
    expect(player.positionIn("c1")).toBe(0);
    await user.pointer({ keys: "[/MouseLeft]", target: slider, coords: { clientX: 9_999 } });
    expect(player.positionIn("c1")).toBe(100_000);
  });

  it("leaves the sound alone while what is shown is dragged", async () => {
    const { slider, user } = await shown();
    await user.click(screen.getByRole("button", { name: "See the sound more closely" }));
    await user.pointer([
      { keys: "[MouseLeft>]", target: slider, coords: { clientX: 400 } },
      { target: slider, coords: { clientX: 200 } },
      { keys: "[/MouseLeft]", target: slider, coords: { clientX: 200 } },
    ]);
    expect(player.positionIn("c1")).toBe(0);
    // A minute is 400 pixels: half of it was dragged out to the left.
    await user.pointer([
      { keys: "[MouseLeft>]", target: slider, coords: { clientX: 100 } },
      { keys: "[/MouseLeft]", target: slider, coords: { clientX: 100 } },
    ]);
    expect(player.positionIn("c1")).toBe(30_000);
  });
});

it("tells time and words under the pointer, as text", async () => {
  const { slider, user } = await shown();
  await user.pointer({ target: slider, coords: { clientX: 260 } });
  const hover = document.querySelector(".hover")!;
  expect(hover).toHaveTextContent("0:40 Daniel");
  expect(hover).toHaveTextContent("Tool error: find_slots");
  await user.pointer({ target: slider, coords: { clientX: 110 } });
  expect(document.querySelector(".hover")).toHaveTextContent("Good morning <b>you</b>");
});

describe("what is drawn", () => {
  /** Notes how often a canvas is drawn, and with which inks the last time; each is called by its theme. */
  function noting() {
    const drawn = { times: 0, inks: new Set<string>() };
    const context = new Proxy(
      {},
      {
        get: () => () => {},
        set: (_, name, ink) => (name === "fillStyle" && drawn.inks.add(String(ink)), true),
      },
    );
    vi.stubGlobal(
      "OffscreenCanvas",
      class {
        getContext = () => ((drawn.times += 1), drawn.inks.clear(), context);
        transferToImageBitmap = () => ({});
      },
    );
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = (() => ({ transferFromImageBitmap: () => {} })) as never;
    onTestFinished(() => void (HTMLCanvasElement.prototype.getContext = getContext));
    const { dataset } = document.documentElement;
    onTestFinished(() => void delete dataset["theme"]);
    const computed = getComputedStyle;
    vi.stubGlobal("getComputedStyle", (element: HTMLElement) => {
      const { ink } = element.dataset;
      return ink ? { color: `${ink}, ${dataset["theme"]}` } : computed(element);
    });
    return drawn;
  }

  it("is drawn anew in the colours of another theme", async () => {
    const drawn = noting();
    document.documentElement.dataset["theme"] = "dark";
    await shown();
    await waitFor(() => expect(drawn.inks).toContain("user, dark"));
    document.documentElement.dataset["theme"] = "light";
    await waitFor(() => expect(drawn.inks).toContain("user, light"));
    expect([...drawn.inks].filter((ink) => ink.endsWith("dark"))).toEqual([]);
  });

  it("is not drawn anew for an edit of something else", async () => {
    const drawn = noting();
    const { slider, kept } = await shown();
    await waitFor(() => expect(slider).toHaveAttribute("data-marks", "2"));
    const { times } = drawn;
    shell.readWork.mockResolvedValue(structuredClone({ ...kept.of("c1"), tags: [tag("risk", "high")] }));
    tellChanged(["c1"]);
    await waitFor(() => expect(part("tags")).toHaveTextContent("high"));
    expect(drawn.times).toBe(times);
  });
});
