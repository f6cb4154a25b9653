import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/inter/wght-italic.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { watchCalls } from "./lib/calls.svelte";
import { recallAppearance } from "./lib/appearance";
import { Session } from "./lib/session.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has lost its #app element");

/** How long the window waits for the session, in milliseconds, before it shows that it is waiting. */
const PATIENCE_MS = 150;

recallAppearance();
watchCalls();
const session = new Session();
// Mostly signed in by now: what is painted first is then what the reviewer came for.
await Promise.race([session.begin(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);

export default mount(App, { target, props: { session } });
