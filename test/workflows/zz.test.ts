import { test } from 'node:test';
import { openWorld } from './fakes/world.js';
test('speed', async () => {
  let t = Date.now();
  const lap = (w: string) => { console.log(w, Date.now() - t); t = Date.now(); };
  const world = await openWorld(); lap('open');
  for (let i = 0; i < 4; i++) { const e = world.engine(); await e.crash(); lap('crash'); await e.ended(); lap('happy');
    const t0 = e.calls[0]!.atMs; console.log(e.calls.map(c => `${c.name}+${c.atMs - t0}`).join(' ')); }
  const es = Array.from({length: 6}, () => world.engine());
  await Promise.all(es.map(async e => { await e.crash(); await e.ended(); })); lap('six');
  await world.close(); lap('close');
});
