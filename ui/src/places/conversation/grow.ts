/** Lets a field be as high as its text; the style of the field says how high at most. */
import type { Attachment } from "svelte/attachments";

/** `text` is what stands in the field: the height follows whenever it changes, from whichever side. */
export const grow =
  (text: string): Attachment<HTMLTextAreaElement> =>
  (field) => {
    void text;
    field.style.height = "auto";
    const borders = field.offsetHeight - field.clientHeight;
    field.style.height = field.scrollHeight > 0 ? `${field.scrollHeight + borders}px` : "";
  };
