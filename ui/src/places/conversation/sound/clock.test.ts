import { describe, expect, it } from "vitest";
import { playing } from "../fixtures";
import { SoundClock } from "./clock";

describe("SoundClock", () => {
  it("runs on between two reports while sound plays", () => {
    const clock = new SoundClock();
    clock.see(playing("a", 1_000), 50_000);
    expect(clock.at(50_100)).toBe(1_100);
  });

  it.each([50, 175, 300])(
    "passes the conversation's time at the speed it is heard at: %i percent",
    (percent) => {
      const clock = new SoundClock();
      clock.see(playing("a", 1_000, { speedPercent: percent }), 0);
      expect(clock.at(200)).toBe(1_000 + 2 * percent);
    },
  );

  it("stands still when playing is halted, and while it waits", () => {
    for (const status of ["paused", "waiting", "ended"] as const) {
      const clock = new SoundClock();
      clock.see(playing("a", 1_000, { status }), 0);
      expect(clock.at(9_000)).toBe(1_000);
    }
  });

  it("never passes the end", () => {
    const clock = new SoundClock();
    clock.see(playing("a", 11_900), 0);
    expect(clock.at(5_000)).toBe(12_000);
  });

  it("holds rather than stepping back when a report is a little behind", () => {
    const clock = new SoundClock();
    clock.see(playing("a", 0), 0);
    expect(clock.at(250)).toBe(250);
    clock.see(playing("a", 200), 250);
    expect(clock.at(260)).toBe(250);
    expect(clock.at(350)).toBe(300);
  });

  it("does not step back where one message follows the other", () => {
    const clock = new SoundClock();
    clock.see(playing("a", 5_900), 0);
    expect(clock.at(200)).toBe(6_100);
    clock.see(playing("b", 6_050), 200);
    expect(clock.at(200)).toBe(6_100);
  });

  it("goes back when the reviewer sought back, or another conversation plays", () => {
    const clock = new SoundClock();
    clock.see(playing("a", 8_000), 0);
    clock.move(2_000, 0);
    expect(clock.at(100)).toBe(2_100);
    clock.see(playing("b", 0, { conversationId: "c2" }), 100);
    expect(clock.at(100)).toBe(0);
  });

  it("takes up what the player reports after a far jump", () => {
    const clock = new SoundClock();
    clock.see(playing("a", 8_000), 0);
    clock.see(playing("a", 1_000), 250);
    expect(clock.at(250)).toBe(1_000);
  });
});
