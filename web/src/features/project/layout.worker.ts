// Lays the graph out beside the page, which goes on meanwhile.

import type { Edge } from "./edges";
import { layout } from "./layout";

self.onmessage = ({ data }: MessageEvent<{ ids: string[]; edges: Edge[] }>) => {
  self.postMessage({ places: layout(data.ids, data.edges) });
};
