/** Peaks of a conversation's sound, asked of the shell tile by tile as they come into view, and kept. */
import { backend } from "../../../backend";
import { TILE } from "./bars";

/** Tiles that are kept; the one drawn longest ago goes first. */
const KEPT = 256;

type Tile = { values: readonly number[] | undefined; of: number; asking: boolean };

export class Peaks {
  /** Rises when there is more to draw. */
  arrived = $state(0);

  #conversation: string;
  #tiles = new Map<string, Tile>();
  #revision = 0;

  constructor(conversation: string) {
    this.#conversation = conversation;
  }

  /** The values of a tile as far as they are known, 0 to 255 each; what is missing or outdated is asked for. */
  tile(number: number, valueMs: number, totalMs: number): readonly number[] | undefined {
    const key = `${valueMs}/${number}`;
    const tile = this.#tiles.get(key) ?? { values: undefined, of: -1, asking: false };
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    const oldest = this.#tiles.keys().next();
    if (this.#tiles.size > KEPT && !oldest.done) this.#tiles.delete(oldest.value);
    const fromMs = number * TILE * valueMs;
    // The last tile ends with the conversation, in whole values.
    const buckets = Math.min(TILE, Math.ceil((totalMs - fromMs) / valueMs));
    if (tile.of !== this.#revision && !tile.asking && buckets > 0) {
      void this.#ask(tile, fromMs, fromMs + buckets * valueMs, buckets);
    }
    return tile.values;
  }

  /** More of the sound is known, or it is laid otherwise: what is drawn stays until it is drawn anew. */
  outdate(): void {
    this.#revision += 1;
    this.arrived += 1;
  }

  async #ask(tile: Tile, fromMs: number, toMs: number, buckets: number): Promise<void> {
    const revision = this.#revision;
    tile.asking = true;
    try {
      tile.values = await backend.drawPeaks(this.#conversation, fromMs, toMs, buckets);
    } catch {
      // Without its picture the sound is still heard; what is known next asks again.
    }
    tile.of = revision;
    tile.asking = false;
    this.arrived += 1;
  }
}
