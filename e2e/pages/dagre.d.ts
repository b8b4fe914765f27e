// The part of web/vendor/dagre that the pages call.
export interface Edge { v: string; w: string; name?: string }
export class Graph {
  constructor(options: { multigraph: boolean });
  setGraph(options: Record<string, string | number>): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(id: string, size: { width: number; height: number }): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  graph(): { width: number; height: number };
  node(id: string): { x: number; y: number };
  edge(edge: Edge): { points: { x: number; y: number }[] };
  edges(): Edge[];
}
export function layout(graph: Graph): void;
