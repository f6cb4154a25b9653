import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/inter/wght-italic.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { backend } from "./backend";
import { watchCalls } from "./lib/calls.svelte";
import { recallAppearance } from "./lib/appearance";
import { Session } from "./lib/session.svelte";
import { EVERYTHING, filterFrom } from "./places/conversations/filters";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has lost its #app element");

/** How long the window waits for session and list, in milliseconds, before it shows that it is waiting. */
const PATIENCE_MS = 150;

recallAppearance();
watchCalls();
const session = new Session();
// Mostly both are there by now. What is painted first is then what the reviewer came for: each frame before it costs time.
const begun = session.begin().then(() => {
  if (session.now) session.firstPage = backend.listConversations(filterFrom(EVERYTHING), null);
  // Whoever takes it says why it could not be read.
  return session.firstPage?.catch(() => null);
});
await Promise.race([begun, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);

export default mount(App, { target, props: { session } });
