/** What an agent keeps on its host, as stores that lose their power. */
import assert from 'node:assert/strict';
import { pino } from 'pino';
import { notedUnseenMs, unseenSinceMs } from '../../../../clients/detector/unseen.js';
import { createSpool } from '../../../../clients/detector/spool.js';
import { openWatched } from '../../../../clients/detector/watched.js';
import type { Files } from '../../../../clients/files/files.js';
import { createContainmentMemory } from '../../../../clients/host/containment-memory.js';
import { createFence } from '../../../../clients/host/fence.js';
import { createLaunches } from '../../../../clients/host/launches.js';
import { createUnitFailures } from '../../../../clients/host/unit-failures.js';
import { createKeptNotices } from '../../../../clients/notify/kept-notices.js';
import { openNotes } from '../../../../clients/notify/notes.js';
import type { RanReport } from '../../../../workflows/domain/crash/report.js';
import type { Subject } from '../drive.js';
import { keyed } from './keyed.js';
import { rising } from './rising.js';

/** Longer than a sector. */
const LONG = 'x'.repeat(1_300);

export function reportOf(engineId: string, version: number, instanceId = 'e1'): RanReport {
  return {
    engineId,
    instance: { instanceId, pid: 7, startTicks: '9', build: '', epoch: 1 },
    suspicion: 'dead',
    probe: 'procfs',
    detail: LONG,
    detectedAtMs: version,
    host: 'h',
  };
}

const spool = keyed({
  name: 'crash reports in the spool',
  removedMayReturn: true,
  open(files) {
    const store = createSpool('/data/spool', files);
    return {
      put: (key, version) => store.put(reportOf(key, version)),
      remove: (key) => store.remove(reportOf(key, 0)),
      async read(key) {
        const all = await store.pending();
        const found = all.find(({ engineId }) => engineId === key);
        if (found === undefined) return null;
        assert.deepEqual(found, reportOf(key, found.detectedAtMs));
        return found.detectedAtMs;
      },
    };
  },
});

function noticeOf(key: string, atMs: number) {
  const about = { incidentId: `${key}/i`, engineId: key, severity: 'info' as const };
  return { notice: { ...about, title: '', text: LONG, dedupKey: key }, waiting: ['mail'], atMs };
}

const notices = keyed({
  name: 'notices that are still to be told',
  removedMayReturn: true,
  open(files) {
    const store = createKeptNotices('/data/notices', files);
    return {
      put: (key, version) => store.put(noticeOf(key, version)),
      remove: (key) => store.remove(noticeOf(key, 0)),
      async read(key) {
        const found = (await store.load()).find(({ notice }) => notice.dedupKey === key);
        if (found === undefined) return null;
        assert.deepEqual(found, noticeOf(key, found.atMs));
        return found.atMs;
      },
    };
  },
});

const notes = keyed({
  name: 'what a channel was told',
  open: (files) => ({
    put: (key, version) =>
      openNotes('/data/told', 'slack', files).ofIncident(key, async (note) => {
        note.messageId = String(version);
      }),
    async read(key) {
      let found: string | null = null;
      await openNotes('/data/told', 'slack', files).ofIncident(key, async ({ messageId }) => {
        found = messageId;
      });
      return found === null ? null : Number(found);
    },
  }),
});

const launches = keyed({
  name: 'starts that were begun',
  open(files) {
    const store = createLaunches('/data/fence', files);
    return {
      put: (key, version) => store.begin('desk', key, version),
      remove: (key) => store.forget('desk', key),
      read: (key) => store.begunAtMs('desk', key),
    };
  },
});

const killSwitch = keyed({
  name: 'kill switch',
  open(files) {
    const fence = createFence('/data/fence', files);
    return {
      put: (key, version) => fence.engage(key, String(version), 'sam'),
      remove: (key) => fence.release(key, { reason: 'test', by: 'ops' }),
      async read(key) {
        const { engaged, turned } = await fence.killSwitch(key);
        if (!engaged) return null;
        return Number(turned?.reason ?? assert.fail('its file is damaged'));
      },
    };
  },
});

const fenceResets = keyed({
  name: 'epochs that people set',
  open(files) {
    const fence = createFence('/data/fence', files);
    return {
      put: (key, version) => fence.reset(key, version, { reason: 'test', by: 'ops' }),
      async read(key) {
        const epoch = await fence.epoch(key);
        if (epoch === 0) return null;
        const told = (await fence.resets(key)).map(({ to }) => to);
        assert.ok(told.includes(epoch), `who set ${key} to ${epoch} is not told: ${told.join()}`);
        return epoch;
      },
    };
  },
});

const deaths = keyed({
  name: 'what containment has read and done',
  open(files) {
    const memory = createContainmentMemory('/data/containment', files);
    return {
      put: (key, version) =>
        memory.keepAtDeath(reportOf(key, 0), { read: [], contained: containedAt(version) }),
      async read(key) {
        const found = await memory.atDeath(reportOf(key, 0));
        return found?.contained?.atMs ?? null;
      },
    };
  },
});

function containedAt(atMs: number) {
  return { action: 'cancel_own_orders', atMs, venues: [], rulesDigest: 'd' };
}

const rules = keyed({
  name: 'rules of containment that were handed down',
  open(files) {
    const memory = createContainmentMemory('/data/containment', files);
    return {
      put: (key, version) =>
        memory.keepRules(key, {
          containment: 'none',
          containmentAt: {},
          keepProtective: true,
          rulesDigest: String(version),
        }),
      async read(key) {
        const found = await memory.rules(key);
        return found === null ? null : Number(found.rulesDigest);
      },
    };
  },
});

const PLACE = { host: 'h', bootId: 'b', pidNamespace: 'n' };
const silent = pino({ level: 'silent' });

const watched = keyed({
  name: 'the instance that is watched',
  open: (files) => ({
    async put(key, version) {
      const record = await openRecord(files, key);
      record.save({ instance: reportOf(key, 0, String(version)).instance, ended: 'no' });
      await record.settled();
    },
    async read(key) {
      const { value } = await openRecord(files, key);
      return value === null ? null : Number(value.instance.instanceId);
    },
  }),
});

const openRecord = (files: Files, engineId: string) =>
  openWatched({ stateFolder: '/data', engineId, place: PLACE }, silent, files);

const unseen = keyed({
  name: 'since when nothing was heard',
  oneVersion: true,
  open: (files) => ({
    put: (engineId, version) => notedUnseenMs({ stateFolder: '/data', engineId }, version, files),
    read: (engineId) => unseenSinceMs({ stateFolder: '/data', engineId }, files),
  }),
});

const failedUnits = keyed({
  name: 'services that have failed',
  open(files) {
    const store = createUnitFailures('/data', files);
    const run = (unit: string) => ({ unit, invocationId: 'a'.repeat(32) });
    return {
      put: (key, version) =>
        store.keep({ ...run(key), result: 'signal', code: '', status: String(version) }),
      async read(key) {
        const found = await store.of(run(key));
        return found === null ? null : Number(found.status);
      },
    };
  },
});

export const OF_THE_AGENT: readonly Subject[] = [
  spool,
  notices,
  notes,
  launches,
  killSwitch,
  rising('epochs of the host', (files) => createFence('/data/fence', files)),
  fenceResets,
  deaths,
  rules,
  watched,
  unseen,
  failedUnits,
];
