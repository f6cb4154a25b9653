import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { shellAnswering } from "../../test/backend";
import Filters from "./Filters.svelte";
import { ConversationList } from "./list.svelte";

beforeEach(() => {
  shellAnswering({});
  render(Filters, { list: new ConversationList() });
});

const chip = () => screen.getByRole("button", { name: "Filter" });
const panel = () => screen.queryByRole("group", { name: "Add a filter" });

describe("adding a filter", () => {
  it("begins in the first field", async () => {
    await userEvent.click(chip());
    expect(screen.getByRole("combobox", { name: "Person" })).toHaveFocus();
  });

  it("ends with Escape in the panel, and the focus goes back", async () => {
    await userEvent.click(chip());
    await userEvent.keyboard("{Escape}");
    expect(panel()).toBeNull();
    expect(chip()).toHaveFocus();
  });

  it("ends with Escape on the button that opened it", async () => {
    await userEvent.click(chip());
    chip().focus();
    await userEvent.keyboard("{Escape}");
    expect(panel()).toBeNull();
    expect(chip()).toHaveFocus();
  });
});
