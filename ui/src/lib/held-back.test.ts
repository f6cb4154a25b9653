import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SessionView } from "../backend";
import { nobodySignedIn, shellAnswering } from "../test/backend";
import { holdBack, PATIENCE_MS, sendHeldBack, sendOnClosing } from "./held-back";
import { Session } from "./session.svelte";

const letGo: (() => void)[] = [];
const held = (send: () => Promise<unknown>) => letGo.push(holdBack(send));

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  letGo.splice(0).forEach((release) => release());
  vi.useRealTimers();
});

it("goes out before the account changes, whichever way that is done", async () => {
  const account = {
    id: "b",
    organization: "o",
    userId: "mara",
    server: "Europe",
    baseUrl: "https://eu.invalid",
  };
  const view: SessionView = {
    account,
    organizationName: "O",
    me: { id: "mara", name: null },
    keys: "keyring",
  };
  const form = { organization: "o", userId: "mara", apiKeyId: "k", apiKey: "s", baseUrl: "" };
  const order: string[] = [];
  const answer = (what: string, value: unknown) => () => (order.push(what), value);
  shellAnswering({
    switch_account: answer("switched", view),
    sign_out: answer("signed out", nobodySignedIn()),
    open_sample: answer("sample", view),
    sign_in: answer("signed in", view),
  });
  held(async () => {
    await Promise.resolve();
    order.push("sent");
  });
  const session = new Session();
  for (const go of [
    () => session.switchTo("b"),
    () => session.signOut(),
    () => session.openSample(),
    () => session.signIn(form),
  ])
    expect(await go()).toBe(true);
  expect(order).toEqual(["switched", "signed out", "sample", "signed in"].flatMap((what) => ["sent", what]));
});

describe("sending what is held back", () => {
  it("does not wait for an answer for ever", async () => {
    held(() => new Promise(() => {}));
    const sent = vi.fn();
    void sendHeldBack().then(sent);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(sent).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveBeenCalled();
  });

  it("goes on when one of it is refused", async () => {
    const other = vi.fn(async () => undefined);
    held(() => Promise.reject(new Error("refused")));
    held(other);
    await sendHeldBack();
    expect(other).toHaveBeenCalledOnce();
  });

  it("happens as the window closes, and not after it is stopped", () => {
    const send = vi.fn(async () => undefined);
    held(send);
    const stop = sendOnClosing();
    window.dispatchEvent(new Event("pagehide"));
    expect(send).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event("beforeunload"));
    expect(send).toHaveBeenCalledTimes(2);
    stop();
    window.dispatchEvent(new Event("pagehide"));
    expect(send).toHaveBeenCalledTimes(2);
  });
});
