// Targets and servers to look at: hostile labels, failures of several kinds, a Pyroscope that takes, one that refuses.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const HOSTILE = '<img src=x onerror="document.title=1">"\'&</script>';

const varint = (n) => {
  const bytes = [];
  for (let v = BigInt(n); ; v >>= 7n) {
    if (v < 128n) return Buffer.from([...bytes, Number(v)]);
    bytes.push(Number(v & 127n) | 128);
  }
};
const number = (field, n) => Buffer.concat([varint(field << 3), varint(n)]);
const message = (field, ...parts) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(field << 3 | 2), varint(body.length), body]);
};

/** A heap profile as Go's: cumulative allocations that grow by the tick. */
export function heap(tick) {
  const names = ['', 'alloc_objects', 'count', 'alloc_space', 'bytes', 'inuse_objects', 'inuse_space', 'space',
    'main.main', 'shop/cart.(*Cart).Add', 'shop/cart.price', 'shop/db.Query', 'database/sql.(*Rows).Next',
    'encoding/json.Marshal', 'runtime.mallocgc', HOSTILE];
  const frame = (name) => names.indexOf(name) - 7;
  const stacks = [['main.main', 'shop/cart.(*Cart).Add', 'shop/cart.price'], ['main.main', 'shop/db.Query', 'database/sql.(*Rows).Next', 'runtime.mallocgc'],
    ['main.main', 'shop/cart.(*Cart).Add', 'encoding/json.Marshal', 'runtime.mallocgc'], ['main.main', HOSTILE]];
  const parts = [[1, 2], [3, 4], [5, 2], [6, 4]].map(([type, unit]) => message(1, number(1, type), number(2, unit)));
  stacks.forEach((stack, i) => {
    const n = (i + 1) * tick;
    parts.push(message(2, message(1, ...stack.toReversed().map((f) => varint(frame(f)))),
      message(2, ...[n * 10, n * 4096, (i + 2) * 7, (i + 2) * 9000].map(varint))));
  });
  for (let id = 1; id <= names.length - 8; id++) {
    parts.push(message(4, number(1, id), message(4, number(1, id))), message(5, number(1, id), number(2, id + 7)));
  }
  names.forEach((name) => parts.push(message(6, Buffer.from(name))));
  parts.push(number(9, BigInt(Date.now()) * 1000000n), message(11, number(1, 7), number(2, 4)), number(12, 524288));
  return gzipSync(Buffer.concat(parts));
}

function serve(request, response) {
  const [, kind, id] = request.url.split('/');
  request.resume();
  if (kind === 'takes') return response.writeHead(200, { 'content-type': 'application/proto' }).end();
  if (kind === 'refuses') return response.writeHead(400, { 'content-type': 'application/json' }).end('{"code":"invalid_argument","message":"' + 'no such tenant' + '"}');
  if (id % 7 === 3) return response.writeHead(500).end('it broke: ' + HOSTILE);
  if (id % 11 === 4) return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>' + HOSTILE);
  response.end(heap(Math.floor(Date.now() / 500)));
}

/** Sends what clients send, well and badly, to the receivers of a farm's Stoker. */
export async function push(base) {
  const ports = Object.fromEntries((await (await fetch(base + '/api/v1/receivers')).json()).map((r) => [r.component, r.listen.split(':').pop()]));
  const send = (path, agent, body) => fetch('http://127.0.0.1:' + ports['pyroscope.receive_http.sdks'] + path, { method: 'POST', headers: { 'user-agent': agent }, body });
  for (let i = 0; i < 12; i++) await send('/ingest?name=shop.cpu&format=folded', 'pyroscope-go/1.' + i % 5, 'main;work ' + (i + 1));
  await send('/ingest?name=' + encodeURIComponent('shop{' + HOSTILE + '=1}') + '&format=folded', HOSTILE, 'main;work 1');
  await send('/push.v1.PusherService/Push', 'a-very-long-name-of-a-program-without-a-space-in-it/'.repeat(4), 'nothing');
  await send('/unknown', 'curl/8', '');
}

/** Starts the servers and writes a config for n targets into the folder. */
export async function farm(n, folder, listen) {
  const server = createServer(serve);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = '127.0.0.1:' + server.address().port;
  const groups = Array.from({ length: n }, (_, i) => ({
    targets: [address],
    labels: {
      __profile_path__: '/t/' + i + '/debug/pprof/allocs', __meta_pod: 'shop-' + i, __meta_node: 'node-' + i % 40,
      service_name: i % 5 === 1 ? 'evil ' + HOSTILE : 'shop-' + i % 25, env: i % 10 === 2 ? 'test' : 'prod', team: 'team-' + i % 8,
    },
  }));
  writeFileSync(join(folder, 'targets.json'), JSON.stringify(groups));
  writeFileSync(join(folder, 'pages.conf'), `
stoker.http.listen = "${listen}"
stoker.storage.path = "${join(folder, 'data')}"
discovery.file.shops { files = ["${join(folder, 'targets.json')}"] }
discovery.relabel.shops {
  targets = discovery.file.shops.targets
  rules = [
    { action = drop, source_labels = ["env"], regex = "test" }
    { action = replace, source_labels = ["__meta_pod"], target_label = "pod" }
    { action = replace, source_labels = ["__meta_node"], regex = "node-(.*)", target_label = "node", replacement = "n$1" }
  ]
}
pyroscope.scrape.shops {
  targets = discovery.relabel.shops.output
  scrape_interval = ${n > 100 ? '30s' : '2s'}
  profiling_config {
    profile.memory      { enabled = true, path = "/debug/pprof/allocs" }
    profile.process_cpu { enabled = false }
    profile.goroutine   { enabled = false }
    profile.mutex       { enabled = false }
    profile.block       { enabled = false }
  }
  forward_to = [ pyroscope.write.main.receiver, pyroscope.write.broken.receiver, pyroscope.relabel.mark.receiver${n > 0 ? ', stoker.store.local.receiver' : ''} ]
}
pyroscope.relabel.mark {
  rules = [ { action = replace, target_label = "marked", replacement = "yes" } ]
  forward_to = [ pyroscope.write.broken.receiver ]
}
pyroscope.write.main { endpoint { url = "http://${address}/takes" } }
pyroscope.write.broken {
  endpoints = [
    { url = "http://${address}/refuses", basic_auth { username = "u", password = "hunter2" } }
    { url = "http://127.0.0.1:9", name = "nobody listens" }
  ]
}
${n > 0 ? `pyroscope.receive_http.sdks {
  http { listen_address = "0.0.0.0", listen_port = 0 }
  forward_to = [ pyroscope.write.pushed.receiver ]
}
pyroscope.receive_http.quiet {
  http { listen_address = "127.0.0.1", listen_port = 0 }
  forward_to = [ pyroscope.write.pushed.receiver ]
}
pyroscope.write.pushed { endpoint { url = "http://${address}/takes" } }` : ''}
${n > 0 ? 'stoker.store.local { retention = 1h, max_size = 64MiB }' : ''}
`);
  return server;
}
