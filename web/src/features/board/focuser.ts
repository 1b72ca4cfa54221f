// Gives the focus to a card of a list, which first may have to be scrolled to, or read.

import type { CellData } from "./cell-data";
import { cursor } from "./state";

export interface Rows {
  scrollToIndex: (index: number) => void;
}

export class Focuser {
  #cell = "";
  #box: HTMLElement | null = null;
  #data: CellData | undefined;
  #rows: Rows | undefined;
  #wanted: number | undefined;

  /** The list was drawn. */
  draw(cell: string, box: HTMLElement | null, data: CellData, rows: Rows) {
    this.#cell = cell;
    this.#box = box;
    this.#data = data;
    this.#rows = rows;
    this.#take();
  }

  focus = (index: number) => {
    this.#wanted = index;
    cursor.set({ cell: this.#cell, id: this.#data?.at(index)?.id ?? "", index });
    this.#box?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#rows?.scrollToIndex(index);
    this.#take();
  };

  #take() {
    const link = this.#wanted === undefined ? null : this.#box?.querySelector<HTMLElement>(`[data-index="${this.#wanted}"] a`);
    if (link == null) return;
    this.#wanted = undefined;
    link.focus({ preventScroll: true });
  }
}
