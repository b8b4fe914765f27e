// The pure functions of the pages: what they write and compute, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { away, bytes, changeOf, count, duration, flat, message, own, plural, query } from '/js/dom.js';
import { color, diffColor, exactly, filtered, format, percent, searched } from '/js/flame.js';
import { curve, cut, edges } from '/js/components.js';
import { inOrder, often, rate, refusals } from '/js/receivers.js';
import { changed, pretty } from '/js/relabel.js';
import { local, oddities, preferred } from '/js/profiles.js';
import { nameOf } from '/js/targets.js';

/** A row for each case: the arguments, then what comes of them. */
const table = (name, step, rows) => test(name, () => {
  for (const row of rows) {
    const [given, expected] = [row.slice(0, -1), row.at(-1)];
    assert.deepEqual(step(...given), expected, JSON.stringify(given));
  }
});

table('count_hasThousands', count, [[0, '0'], [999, '999'], [1234567, '1,234,567']]);
table('plural_hasOneOnlyForOne', plural, [
  [1, 'profile', '1 profile'], [0, 'profile', '0 profiles'], [2, 'profile', '2 profiles'], [2, 'try', 'tries', '2 tries'], [1, 'try', 'tries', '1 try'],
]);
table('bytes_haveTheLargestUnitThatFits', bytes, [
  [0, '0 B'], [1023, '1,023 B'], [1024, '1.00 KiB'], [1536, '1.50 KiB'], [2 ** 20, '1.00 MiB'], [5 * 2 ** 30, '5.00 GiB'], [1023 * 1024, '1023 KiB'],
  [99.99 * 1024, '100 KiB'],
]);
table('duration_hasTheUnitOfItsSize', duration, [
  [0, '0 ms'], [999, '999 ms'], [1000, '1.0 s'], [59_900, '59.9 s'], [60_000, '1 min 0 s'], [61_000, '1 min 1 s'],
  [3_599_499, '59 min 59 s'], [3_600_000, '1.0 h'], [5_400_000, '1.5 h'],
]);
table('duration_neverHasSixtySeconds', duration, [[119_600, '2 min 0 s'], [59_960, '1 min 0 s'], [3_599_600, '1.0 h'], [999.6, '1.0 s']]);
table('away_saysWhichWay', away, [[0, 'now'], [-999, 'now'], [-12_300, '12 s ago'], [3_000, 'in 3 s'], [-90_000, '1 min 30 s ago'], [999, 'now']]);
table('query_leavesOutWhatHasNoValue', query, [
  [{}, ''], [{ q: '', state: null, offset: undefined }, ''], [{ q: 'a="b c"&d', offset: 0 }, 'q=a%3D%22b+c%22%26d&offset=0'],
]);
table('changeOf_namesWhatHappenedToALabel', changeOf, [
  ['a', 'a', ''], ['a', 'b', 'changed'], [undefined, 'b', 'added'], ['a', undefined, 'gone'], ['', 'b', 'changed'], [undefined, '', 'added'],
]);
table('own_isNothingThatEveryObjectHas', own, [[{ a: 1 }, 'a', 1], [{ a: 1 }, 'constructor', undefined], [{}, '__proto__', undefined]]);
table('flat_keepsZeroAndLeavesOutWhatIsNotThere', flat, [[[null, undefined, '', 0, ['a', [['b']], []]], ['0', 'a', 'b']]]);
table('message_isTheErrorsOwn', message, [[new Error('broken'), 'broken'], ['thrown', 'thrown'], [undefined, 'undefined']]);

table('format_hasTheUnitOfItsSize', format, [
  [0, 'nanoseconds', '0'], [1, 'nanoseconds', '1 ns'], [1500, 'nanoseconds', '1.50 µs'], [123_456_789, 'nanoseconds', '123 ms'],
  [90e9, 'nanoseconds', '1.50 min'], [7.2e12, 'nanoseconds', '2.00 h'], [2048, 'bytes', '2.00 KiB'], [-2048, 'bytes', '−2.00 KiB'],
  [0.5, 'bytes', '1 B'], [12345.6, 'count', '12,346'], [-3, 'goroutines', '−3'],
  [7, 'constructor', '7'],
]);
table('percent_isWholeOnlyForTheWhole', percent, [[0, 0, '0%'], [5, 5, '100%'], [1, 3, '33.3%'], [0, 7, '0.0%']]);
test('color_isOnePerPackage_andGreyForTheRest', () => {
  assert.equal(color('net/http.(*conn).serve'), color('net/http.(*conn).close'));
  assert.equal(color('dev.stoker.app.Main.run'), color('dev.stoker.app.Other.walk'));
  assert.notEqual(color('net/http.Get'), color('encoding/json.Marshal'));
  assert.equal(color('other'), '#cbc5be');
  assert.match(color(''), /^hsl\(\d+ \d+% \d+%\)$/);
});
table('diffColor_isGreyForEqual_redForMore_greenForLess', diffColor, [
  [{ before: 5, after: 5 }, '#d6d1cb'], [{}, '#d6d1cb'], [{ before: 0, after: 5 }, 'hsl(4 80% 64%)'], [{ before: 5 }, 'hsl(135 50% 60%)'],
]);

const component = (id, ...references) => ({ id, kind: '', health: '', message: null, exports: [], references });
table('edges_runAsDataDoes', edges, [[
  [component('discovery.file.a'), component('pyroscope.scrape.s', 'discovery.file.a.targets', 'pyroscope.write.w.receiver', 'gone.x.targets'),
    component('pyroscope.write.w')],
  [['discovery.file.a', 'pyroscope.scrape.s'], ['pyroscope.scrape.s', 'pyroscope.write.w']],
]]);
table('curve_startsAndEndsAtTheBoxes', curve, [
  [[{ x: 0, y: 0 }, { x: 10, y: 4 }], 'M0.0 0.0L5.0 2.0L10.0 4.0'],
  [[{ x: 0, y: 0 }, { x: 10, y: 4 }, { x: 20, y: 0 }], 'M0.0 0.0L5.0 2.0Q10.0 4.0 15.0 2.0L20.0 0.0'],
]);
table('cut_isNoLongerThanAllowed', cut, [['abc', 3, 'abc'], ['abcd', 3, 'ab…']]);

table('changed_hasWhatIsNotTheSameInTheOther', changed, [[
  { a: '1', b: '2', c: '3', toString: 't' }, { a: '1', b: '1' }, { b: '2', c: '3', toString: 't' },
]]);
table('pretty_hasALineForEachLabel_andNothingOfWhatIsNoJson', pretty, [['{"a":"1"}', '{\n  "a": "1"\n}'], ['{', ''], [undefined, '']]);

const look = (at, ...counts) => ({ at, taken: new Map(counts.map(([key, profiles, bytes]) => [key, { profiles, bytes }])) });
table('rate_isOfTheTimeThatIsKnown_orNothing', rate, [
  [[], 'a', null],
  [[look(0, ['a', 1, 10])], 'a', null],
  [[look(0, ['a', 1, 10]), look(9_999, ['a', 9, 90])], 'a', null],
  [[look(0, ['a', 1, 10]), look(10_000, ['a', 21, 110])], 'a', { profiles: 2, bytes: 10 }],
  [[look(0), look(10_000, ['a', 1, 10]), look(30_000, ['a', 1, 10])], 'a', { profiles: 0, bytes: 0 }],
  [[look(0, ['a', 5, 50]), look(20_000, ['a', 1, 10])], 'a', null],
  [[look(0, ['a', 5, 50]), look(20_000, ['b', 9, 90])], 'a', null],
]);
table('often_isAMinuteWhereASecondIsTooShort', often, [[0, '0 a minute'], [0.0001, '1 a minute'], [1 / 15, '4 a minute'], [1, '1 a second'], [2345.6, '2,346 a second']]);
table('refusals_haveTheMostFrequentFirst_andNothingElse', refusals, [
  [{}, []], [{ taken: 7, gone: 2, invalid: 1, busy: 3, slow: 0 }, [['busy', 3], ['invalid', 1]]],
]);
test('inOrder_isByAddressAsNumbers_thenByProgram', () => {
  const client = (address, agent) => ({ address, agent });
  const given = [client('10.0.0.10', 'a'), client('10.0.0.9', 'sdk/2'), client('10.0.0.9', 'sdk/1')];
  assert.deepEqual(inOrder(given), [given[2], given[1], given[0]]);
  assert.equal(given[0].address, '10.0.0.10');
});

const type = (id) => ({ id, name: '', sample_type: '', sample_unit: '' });
table('preferred_isCpuWhereThereIsSome', preferred, [
  [[], ''], [[type('mutex:delay:')], 'mutex:delay:'],
  [['goroutine:goroutine:count', 'memory:alloc_space:bytes', 'process_cpu:samples:count', 'process_cpu:cpu:nanoseconds'].map(type), 'process_cpu:cpu:nanoseconds'],
]);
test('oddities_saysWhatTheAddressAsksForAndNobodyKnows', () => {
  assert.equal(oddities({}), '');
  assert.equal(oddities({ range: '15m', base: 'before' }), '');
  assert.equal(oddities({ range: '24h', root: 'bottom' }), '');
  assert.match(oddities({ root: 'left' }), /root=left.*not known/);
  assert.match(oddities({ range: '2w' }), /“2w” is not known/);
  assert.match(oddities({ range: 'constructor' }), /“constructor” is not known/);
  assert.match(oddities({ base: 'yesterday' }), /no comparison with “yesterday”/);
});
test('local_isWhatDatetimeLocalTakes', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  assert.match(local(now), /^\d{4}-\d\d-\d\dT\d\d:\d\d:05$/);
  assert.equal(Date.parse(local(now)), now);
});
table('nameOf_isTheAddress_orThePod_orSaysThatThereIsNone', nameOf, [
  [{ __address__: 'a:1', __meta_kubernetes_pod_name: 'p' }, 'a:1'], [{ __meta_kubernetes_pod_name: 'p' }, 'p'], [{}, '(no __address__)'],
]);

const names = (term) => filtered([{ name: 'main.(*T).run' }, { name: 'main.(*T).runAll' }, { name: 'net/http.Get' }], term).map((f) => f.name);
table('filtered_keepsTheRowsThatTheRegexFinds', names, [
  ['', ['main.(*T).run', 'main.(*T).runAll', 'net/http.Get']], ['RUN', ['main.(*T).run', 'main.(*T).runAll']], ['^net|All$', ['main.(*T).runAll', 'net/http.Get']], ['none', []],
]);
test('filtered_keepsAllRows_forAnUnfinishedRegexAndAFunctionThatWasPicked', () => {
  assert.equal(names('run(').length, 3);
  assert.equal(names(exactly('main.(*T).run')).length, 3);
});
test('searched_findsInCapitalsOrNot_andSaysWhatIsNoRegex', () => {
  assert.ok(searched('GET$').pattern.test('net/http.Get'));
  assert.deepEqual(searched(''), {});
  assert.equal(searched('run(').pattern, undefined);
  assert.match(searched('run(').problem, /[Uu]nterminated group/);
});
test('exactly_findsOneFunctionOnly', () => {
  const { pattern } = searched(exactly('main.(*T).run'));
  assert.ok(pattern.test('main.(*T).run'));
  assert.ok(!pattern.test('main.(*T).runAll') && !pattern.test('main.T.run'));
});
