// Works and allocates under labels, and pushes by Pyroscope's SDK for Node to the server that is its argument.
import Pyroscope from '@pyroscope/nodejs';

Pyroscope.init({
  serverAddress: process.argv[2],
  appName: 'sdk-node',
  tags: { region: 'eu', pod: 'shop-1' },
  flushIntervalMs: 4000,
  wall: { samplingDurationMs: 4000, samplingIntervalMicros: 10_000, collectCpuTime: true },
  heap: { samplingIntervalBytes: 16 * 1024, stackDepth: 64 },
});
Pyroscope.start();

const kept = [];
let sink = 0;

function busy(millis) {
  const end = performance.now() + millis;
  while (performance.now() < end) {
    for (let i = 0; i < 10_000; i++) {
      sink += i % 7;
    }
  }
}

function pay() {
  busy(30);
  kept.push(Array.from({ length: 5000 }, (_, i) => ({ i })));
}

function look() {
  busy(10);
}

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

const end = performance.now() + 14_000;
while (performance.now() < end) {
  Pyroscope.wrapWithLabels({ endpoint: '/buy', step: 1 }, pay);
  Pyroscope.wrapWithLabels({ endpoint: '/look' }, look);
  await pause(5);
}
await Pyroscope.stop();
console.log('done', kept.length, sink);
