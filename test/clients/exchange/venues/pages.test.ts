/** The one loop over pages: whole or not at all, whatever a venue does with its pages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { OurWords } from '../../../../clients/exchange/answers/own-words.js';
import { ccxt } from '../../../../clients/exchange/connection/ccxt.js';
import { allRows, MAX_PAGES, pagesOf } from '../../../../clients/exchange/venues/pages.js';

interface Row {
  id: string;
  word: string;
}

const row = (id: number, word = ''): Row => ({ id: `${id}`, word });
const keyOf = ({ id }: Row) => id;

/** These pages in turn, the last without a next; `asked` holds the places that were asked for. */
function listOf(pages: readonly (readonly Row[])[]) {
  const asked: number[] = [];
  const read = async (at: number) => {
    asked.push(at);
    return { rows: pages[at] ?? [], next: at + 1 < pages.length ? at + 1 : null, at };
  };
  return { asked, walk: { what: 'rows', first: 0, read } };
}

/** The same page for ever. */
const endless = {
  what: 'rows',
  first: 0,
  read: async (at: number) => ({ rows: [row(1)], next: at }),
};

const endsNever = (error: unknown) =>
  error instanceof OurWords &&
  error.kind === 'malformed_answer' &&
  /malformed answer from rows: it never ends/.test(error.message);

test('rows over any pages are each there once, in their order, whatever overlaps', async () => {
  const overlaps = fc.array(fc.nat(5), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(overlaps, fc.integer({ min: 6, max: 9 }), async (back, length) => {
      let from = 0;
      const pages = back.map((overlap) => {
        from = Math.max(0, from - overlap);
        const page = Array.from({ length }, (_, index) => row(from + index));
        from += length;
        return page;
      });
      const { walk, asked } = listOf(pages);
      const { rows } = await allRows({ ...walk, keyOf, stuck: () => new Error('stuck') });
      assert.deepEqual(
        rows,
        Array.from({ length: from }, (_, index) => row(index)),
      );
      assert.deepEqual(asked, [...pages.keys()]);
    }),
    { seed: 11, numRuns: 200 },
  );
});

test('of a row that is told twice the last word counts, at its first place', async () => {
  const { walk } = listOf([[row(1, 'new'), row(2)], [row(1, 'done')]]);
  const { rows } = await allRows({ ...walk, keyOf });
  assert.deepEqual(rows, [row(1, 'done'), row(2)]);
});

test('without a key every row counts, also one that is like another', async () => {
  const { walk } = listOf([[row(1)], [], [row(1)]]);
  const { rows, last } = await allRows(walk);
  assert.deepEqual(rows, [row(1), row(1)]);
  assert.equal(last.at, 2);
});

test('a page that adds nothing fails as told where that means the same page again', async () => {
  const { walk, asked } = listOf([[row(1), row(2)], [row(2)], [row(3)]]);
  const stuck = (rows: number) => new Error(`stuck at ${rows}`);
  await assert.rejects(allRows({ ...walk, keyOf, stuck }), { message: 'stuck at 2' });
  assert.deepEqual(asked, [0, 1]);
});

test('a page that adds nothing is read over where pages move, and is no end', async () => {
  const { walk } = listOf([[row(1), row(2)], [row(2)], [row(3)]]);
  assert.equal((await allRows({ ...walk, keyOf })).rows.length, 3);
});

test('a last page that adds nothing is no fault', async () => {
  const { walk } = listOf([[row(1)], [row(1)]]);
  const { rows } = await allRows({ ...walk, keyOf, stuck: () => new Error('stuck') });
  assert.deepEqual(rows, [row(1)]);
});

test('a list that never ends fails, after as many pages as can be believed', async () => {
  let count = 0;
  const counted = async (at: number) => {
    count += 1;
    return endless.read(at);
  };
  await assert.rejects(allRows({ ...endless, read: counted }), endsNever);
  assert.equal(count, MAX_PAGES);
  await assert.rejects(async () => {
    for await (const page of pagesOf(endless)) assert.equal(page.rows.length, 1);
  }, endsNever);
});

test('a page that cannot be read fails the list: none of it is given', async () => {
  const { walk } = listOf([[row(1)], [row(2)]]);
  const read = async (at: number) => {
    if (at === 1) throw new ccxt.NetworkError('cut off');
    return walk.read(at);
  };
  await assert.rejects(allRows({ ...walk, read }), ccxt.NetworkError);
});

test('who has found what it looks for asks for no further page', async () => {
  const { walk, asked } = listOf([[row(1)], [row(2)], [row(3)]]);
  for await (const { rows } of pagesOf(walk)) if (rows.some(({ id }) => id === '2')) break;
  assert.deepEqual(asked, [0, 1]);
});
