/** What the reviewer gave a name: views of the list, and queues; and which of their forms is open. */
import { backend, Trouble, troubleFrom, type QueueForm, type QueueView, type SavedView } from "../../backend";
import { toast } from "../../elements/toasts.svelte";
import { fromKept, narrowingInWords, toKept, type Narrowing } from "./filters";
import type { ConversationList } from "./list.svelte";
import { OpenQueue } from "./queue.svelte";

/** What is asked for: the name of a view, a queue's making, or all of them. */
export type Asking = "view" | "queue" | "all" | null;

/** Which of them. */
export type NamedKind = "view" | "queue";

const CALLS = {
  view: { word: "View", rename: backend.renameView, remove: backend.deleteView },
  queue: { word: "Queue", rename: backend.renameQueue, remove: backend.deleteQueue },
};

class AllNamed {
  views = $state.raw<readonly SavedView[]>([]);
  queues = $state.raw<readonly QueueView[]>([]);
  /** Why they could not be read, or the last change not be kept. */
  trouble = $state.raw<Trouble | null>(null);
  /** The form that is open. */
  asking = $state<Asking>(null);

  /** Reads all of them. */
  async read(): Promise<void> {
    this.trouble = null;
    try {
      [this.views, this.queues] = await Promise.all([backend.listViews(), backend.listQueues()]);
    } catch (thrown) {
      this.trouble = troubleFrom(thrown);
    }
  }

  /** Forgets all of them: another account must not see them. */
  forget(): void {
    [this.views, this.queues, this.trouble, this.asking] = [[], [], null, null];
  }

  /** Saves a view; throws what hinders it. */
  async saveView(name: string, narrowing: Narrowing): Promise<void> {
    const view = await backend.saveView(name, toKept(narrowing));
    this.views = [...this.views, view];
    toast(`View “${view.name}” saved.`, () => void this.remove("view", view, true));
  }

  /** Makes a queue; throws what hinders it. */
  async makeQueue(name: string, form: QueueForm): Promise<QueueView> {
    const queue = await backend.makeQueue(name, form);
    this.queues = [...this.queues, queue];
    return queue;
  }

  /** Gives one another name; throws what hinders it. */
  async rename(
    kind: NamedKind,
    { id, name: before }: { id: number; name: string },
    name: string,
  ): Promise<void> {
    const to = name.trim();
    if (to === before) return;
    await CALLS[kind].rename(id, to);
    await this.read();
    toast(`${CALLS[kind].word} “${before}” is “${to}” now.`, () => {
      void this.rename(kind, { id, name: to }, before).catch((thrown) => this.#tell(thrown));
    });
  }

  /** Deletes one, or takes that back. */
  async remove(kind: NamedKind, one: { id: number; name: string }, isDeleted: boolean): Promise<void> {
    try {
      await CALLS[kind].remove(one.id, isDeleted);
      await this.read();
      const said = `${CALLS[kind].word} “${one.name}” ${isDeleted ? "deleted" : "is back"}.`;
      toast(said, isDeleted ? () => void this.remove(kind, one, false) : undefined);
    } catch (thrown) {
      this.#tell(thrown);
    }
  }

  #tell(thrown: unknown): void {
    toast(`Nothing was changed. ${troubleFrom(thrown).message}`);
  }
}

/** All of them, of the account that is signed in. */
export const named = new AllNamed();

/** Shows what a view lets through. */
function openView(list: ConversationList, view: SavedView): void {
  named.asking = null;
  void list.narrow(fromKept(view.narrowing));
}

/** Shows a queue in place of the list. */
export function openQueue(list: ConversationList, queue: QueueView): void {
  named.asking = null;
  void list.show(new OpenQueue(queue));
}

/** One thing the palette offers of them. */
export type NamedEntry = { label: string; detail: string; act: () => void };

/** All of them, as the palette and the menu of the list offer them. */
export function namedEntries(list: ConversationList): { views: NamedEntry[]; queues: NamedEntry[] } {
  return {
    views: named.views.map((view) => ({
      label: view.name,
      detail: narrowingInWords(fromKept(view.narrowing)),
      act: () => openView(list, view),
    })),
    queues: named.queues.map((queue) => ({
      label: queue.name,
      detail: formInWords(queue.form),
      act: () => openQueue(list, queue),
    })),
  };
}

/** How a queue was made, as in "80 % by rule, 20 % random, seed 7". */
export function formInWords({ narrowing, draw }: QueueForm): string {
  const rule = narrowingInWords(fromKept(narrowing));
  if (!draw) return rule;
  const { rulePercent, seed } = draw;
  return `${rulePercent} % by rule, ${100 - rulePercent} % random, seed ${seed} · ${rule}`;
}
