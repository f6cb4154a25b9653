/** A shell for tests that keeps tags and comments as the real one does: each edit is there at once, and waits to be sent. */
import { vi } from "vitest";
import { backend, type ChangeView, type CommentView, type WorkView } from "../../backend";
import { change, comment, listed, work } from "./fixtures";

const shell = vi.mocked(backend);

/** Keeps from now on what is told, by conversation; what is not told is empty. */
export function keeping(known: Record<string, Partial<WorkView>>) {
  const all = new Map(Object.entries(known).map(([id, parts]) => [id, work(parts)]));
  let made = 0;
  const of = (id: string) => all.get(id) ?? work();
  const take = (id: string, next: WorkView, about: Partial<ChangeView>) => {
    all.set(id, { ...next, changes: [...next.changes, change(`change-${++made}`, about)] });
    return of(id);
  };
  const changed = (id: string, which: string, to: Partial<CommentView>) => {
    const comments = of(id).comments.map((one) => (one.id === which ? { ...one, ...to } : one));
    return take(id, { ...of(id), comments }, { comment: which });
  };

  shell.readWork.mockImplementation(async (id) => of(id));
  shell.listComments.mockImplementation(async (id) => listed(of(id)));
  shell.editTags.mockImplementation(async (id, set, remove) => {
    const names = [...set.map(({ key }) => key), ...remove];
    const left = of(id).tags.filter(({ key }) => !names.includes(key));
    return take(id, { ...of(id), tags: [...left, ...set] }, { tag: names[0] });
  });
  shell.addComment.mockImplementation(async (id, interactionId, text) => {
    const fresh = comment(`here-${made}`, { interactionId, text, createdAt: "2026-11-19T18:00:00Z" });
    return take(id, { ...of(id), comments: [...of(id).comments, fresh] }, { comment: fresh.id });
  });
  shell.commentOnTurn.mockImplementation(async (id, interactionId, messageId, text) => {
    const fresh = comment(`here-${made}`, {
      interactionId,
      messageId,
      text,
      createdAt: "2026-11-19T18:00:00Z",
    });
    return take(id, { ...of(id), comments: [...of(id).comments, fresh] }, { comment: fresh.id });
  });
  shell.editComment.mockImplementation(async (id, which, text) => changed(id, which, { text }));
  shell.setCommentResolved.mockImplementation(async (id, which, resolved) =>
    changed(id, which, { resolved }),
  );
  shell.deleteComment.mockImplementation(async (id, which) => {
    const comments = of(id).comments.filter((one) => one.id !== which);
    return take(id, { ...of(id), comments }, { comment: which });
  });

  shell.setReview.mockImplementation(async (id, step) => {
    const review = step && { step, reviewer: "M. Ruiz", hereOnly: false };
    return take(id, { ...of(id), review }, { tag: "review" });
  });

  return {
    of,
    /** Changes what is kept, as the worker or somebody else does. */
    put: (id: string, parts: Partial<WorkView>) => void all.set(id, { ...of(id), ...parts }),
    /** The server takes everything. */
    send: (id: string) => void all.set(id, { ...of(id), changes: [] }),
  };
}
