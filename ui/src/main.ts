import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/inter/wght-italic.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { recallAppearance } from "./lib/appearance";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has lost its #app element");

recallAppearance();

export default mount(App, { target });
