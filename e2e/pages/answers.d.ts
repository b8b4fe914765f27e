// What the admin API answers, as far as the pages use it, and what dom.js takes. Read by the type check alone.

type Labels = Record<string, string>;

/** What an element may hold; null, undefined and '' are left out, arrays are flattened. */
type Child = string | number | Node | null | undefined | Child[];
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;
type Choice = { value: string; text: string };
type Chip = Choice & { count: number };

/** GET access */
interface Access {
  changes: boolean;
  reason: string | null;
}

/** GET targets/search */
interface TargetAnswer {
  counts: Record<string, number>;
  components: Record<string, number>;
  matched: number;
  items: TargetItem[];
}

type TargetItem = LoopItem | DroppedItem;

interface LoopItem {
  state: 'up' | 'down' | 'refused' | 'busy' | 'unknown';
  component: string;
  profile_type: string;
  url: string;
  socket: string | null;
  labels: Labels;
  discovered_labels: Labels;
  last_error: string | null;
  last_scrape: string | null;
  last_duration_ms: number;
  last_bytes: number;
  next_scrape: string | null;
  interval_ms: number;
  scrapes: number;
  failures: number;
  skipped: number;
  also_pushed: boolean;
  detail?: Record<string, string | string[]>;
}

interface DroppedItem {
  state: 'dropped';
  component: string;
  discovered_labels: Labels;
  reason: string;
  detail: string;
  url?: undefined;
  profile_type?: undefined;
  labels?: undefined;
  last_error?: undefined;
}

/** POST targets/scrape */
interface ScrapeAnswer {
  outcome: string;
  message: string;
  duration_ms: number;
  bytes: number;
  samples: number;
  shown: number;
  profiles: (Flames & { name: string; sample_type: string })[];
}

/** GET discovery */
interface DiscoveryAnswer {
  counts: Record<string, number>;
  sources: Record<string, number>;
  matched: number;
  items: DiscoveredItem[];
}

interface DiscoveredItem {
  state: string;
  source: string;
  discovered_labels: Labels;
  steps: Step[];
}

interface Step {
  component: string;
  before: Labels;
  after: Labels[];
  dropped: { reason: string; detail: string } | null;
  loops: { url: string; profile_type: string; health: string }[];
}

/** POST relabel */
interface RelabelAnswer {
  errors?: { line: number | null; path: string | null; message: string }[];
  output: Labels | null;
  truncated: string | null;
  rules: number;
  steps: { effect: string; text: string; detail: string | null; before: Labels; after: Labels }[];
}

/** GET endpoints */
interface EndpointItem {
  endpoint: string;
  component: string;
  kind: string;
  state: string;
  last_error: string | null;
  offered: number;
  recovered: number;
  sent: number;
  dropped: Record<string, number>;
  queued: number;
  queued_bytes: number;
  in_flight: number;
  oldest_queued: string | null;
  set_aside: { bytes: number; tries: number; at: string; answer: string | null; labels: Labels }[];
}

/** GET receivers */
interface ReceiverItem {
  component: string;
  protocol: string;
  listen: string;
  open: boolean;
  problem: string | null;
  profiles: number;
  bytes: number;
  requests: Record<string, number>;
  last_error: string | null;
  last_error_at: string | null;
  clients: ClientItem[];
  clients_forgotten: number;
}

interface ClientItem {
  address: string;
  agent: string;
  profiles: number;
  bytes: number;
  refused: number;
  last_error: string | null;
  last_seen: string;
}

/** GET components */
interface ComponentItem {
  id: string;
  kind: string;
  health: string;
  message: string | null;
  references: string[];
  exports: string[];
}

/** A node of a flame graph; with before and after in a difference. */
interface Frame {
  name: string;
  value: number;
  before?: number;
  after?: number;
  children?: Frame[];
}

interface TopFunction {
  name: string;
  self: number;
  total: number;
  before: number;
  after: number;
}

/** What FlameView draws. */
interface Flames {
  flamegraph: Frame;
  top: TopFunction[];
  unit: string;
  diff?: boolean;
}

/** GET profiles/types */
interface TypeItem {
  id: string;
  name: string;
  sample_type: string;
  sample_unit: string;
}

/** GET profiles/flamegraph */
interface GraphAnswer extends Flames {
  aggregation: string;
  profiles: number;
  skipped: number;
  truncated: boolean;
  totals: number[];
  from: number;
  until: number;
}

/** GET profiles/diff */
interface DiffAnswer extends Flames {
  flamegraph: Frame & { before: number; after: number };
  base: { profiles: number };
  comparison: { profiles: number };
}

// The drawing libraries in web/vendor: only what the pages call.

/** A frame as d3-flamegraph has laid it out. */
interface LaidOut {
  data: Frame;
  value: number;
  parent: LaidOut | null;
  children?: LaidOut[];
}

interface FlameChart {
  [setting: string]: (...values: any[]) => any;
}

declare const flamegraph: () => FlameChart;
declare const d3: { select(element: Element): any };
