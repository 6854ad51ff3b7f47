/**
 * Judges what sources and probes say of one engine.
 *
 * Invariants: one report per engine instance, whichever probes saw it; a stop with a goodbye is no
 * crash, if the process then really ends; no other instance takes the place of one that lives, and none
 * takes it before the death of the one before is told; what another installation has started, or may have, is
 * not watched; that a death is told is on disk only when the
 * report cannot be lost any more.
 */
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { EngineInstance } from '../../workflows/domain/crash/report.js';
import { ownGroupOf } from '../host/kernel/own-group.js';
import { whoseFor, type WhoseProcess } from '../host/installation.js';
import { installationOf, livenessOf } from '../host/process-table.js';
import { placeHere, toldPlace, type ToldPlace } from '../host/place.js';
import {
  createCrashes,
  sameProcess,
  type CrashDependencies,
  type Crashes,
  type SightingOf,
} from './crashes.js';
import { createConnections, lostBy } from './connections.js';
import { createDoubts } from './doubts.js';
import { createGoodbyes, type Goodbyes } from './leaving.js';
import type { ProbeWatch } from './probes/probe.js';
import type { FindingWatch } from './sources/source.js';
import type { Watched, WatchedFile } from './watched.js';

export interface Watch extends ProbeWatch, FindingWatch {
  /** Of one that nobody here can look at: it is told as of the place where it ran. */
  lost(sighting: SightingOf, place: ToldPlace, onSafe: () => void): void;
  /** What a detector before this one has left: one that had said goodbye. */
  resume(): void;
  /** That it is stopped: nothing is judged any more. */
  stop(): void;
}

export interface WatchSettings {
  engineId: string;
  host: string;
  stateFolder: string;
  /** How long one that has said goodbye may take to be gone. */
  goodbyeMs: number;
}

type Listener = (instance: EngineInstance, progress?: number) => void;

export function createWatch(
  settings: WatchSettings,
  dependencies: CrashDependencies,
  record: WatchedFile,
): Watch {
  const { engineId, host, goodbyeMs, stateFolder } = settings;
  const log = dependencies.logger.child({ engineId });
  const here = toldPlace(placeHere(host));
  const crashes = createCrashes({ engineId }, { ...dependencies, logger: log });
  const oneAtATime = pLimit(1);

  const begin = createBegin(record, crashes, here);
  const goodbyes = createGoodbyes(record, goodbyeMs, { log, onCrash: begin });
  const current = () => (record.value?.ended === 'no' ? record.value.instance : null);
  /** By its name of now: a process that was found first may have said its own since. */
  const watchedAs = (instance: EngineInstance) => {
    const watched = current();
    return watched !== null && sameProcess(watched, instance) ? watched : null;
  };

  const followers = createFollowers(current);
  /** Also one that is leaving, or whose crash is told: it is there until it is gone. */
  const isKnown = (instance: EngineInstance) =>
    record.value !== null && sameProcess(record.value.instance, instance);
  const whoseIs = whoseFor(stateFolder);
  const greet = followers.after(createHello(record, { current, begin, goodbyes, log, whoseIs }));
  return {
    engineId,
    current,
    untold: () => current() ?? crashes.untold(),
    hello: (instance) => oneAtATime(() => greet(instance, 'engine says hello')),
    found: (instance) =>
      oneAtATime(async () =>
        isKnown(instance) ? null : greet(instance, 'the engine is found by its process'),
      ),
    goodbye(instance, reason) {
      if (watchedAs(instance) === null) return;
      log.info({ instanceId: instance.instanceId, reason }, 'engine says goodbye: a planned stop');
      goodbyes.begin(instance);
    },
    ...createSignals(),
    ...createDoubts(record, log),
    ...createConnections(record, log),
    onWatched: (listener) => followers.add(listener),
    suspect(sighting) {
      const instance = watchedAs(sighting.instance);
      if (instance === null) crashes.add(sighting);
      else begin({ ...sighting, instance });
    },
    warn: (message, fields) => log.warn(fields, message),
    lost: (sighting, place, onSafe) => crashes.begin(sighting, place, onSafe),
    resume() {
      if (record.value?.ended === 'leaving') goodbyes.begin(record.value.instance);
    },
    stop: () => goodbyes.stop(),
  };
}

type TakeHello = (instance: EngineInstance, seen: string) => Promise<string | null>;

/** What is told of an instance, and nobody has to judge before probes hear it. */
function createSignals() {
  const [disconnected, onDisconnect] = createSignal();
  const [beat, onBeat] = createSignal();
  let told: EngineInstance | null = null;
  const isToldByKernel = (instance: EngineInstance) => told !== null && sameProcess(told, instance);
  const toldByKernel = (instance: EngineInstance) => void (told = instance);
  return { disconnected, onDisconnect, beat, onBeat, toldByKernel, isToldByKernel };
}

function createSignal(): [tell: Listener, listen: (listener: Listener) => void] {
  const listeners: Listener[] = [];
  const tell: Listener = (...told) => {
    for (const listener of listeners) listener(...told);
  };
  return [tell, (listener) => void listeners.push(listener)];
}

function createBegin(record: WatchedFile, crashes: Crashes, here: ToldPlace) {
  return (sighting: SightingOf): void => {
    const ended: Watched = { ...record.value, instance: sighting.instance, ended: 'reported' };
    const disconnected = lostBy(record, sighting.instance);
    record.value = ended;
    // On disk only when the report is safe; a newer hello must not be overwritten.
    crashes.begin({ ...sighting, disconnected }, here, () => {
      if (record.value === ended) record.save(ended);
    });
  };
}

/** Who wants to know which instance is watched: told once of each, and of the one that is. */
function createFollowers(current: () => EngineInstance | null) {
  const followers: Listener[] = [];
  return {
    add(listener: Listener): void {
      followers.push(listener);
      const watched = current();
      if (watched !== null) listener(watched);
    },
    after(take: TakeHello): TakeHello {
      return async (instance, seen) => {
        const before = current();
        const why = await take(instance, seen);
        const isNew = before === null || !sameProcess(before, instance);
        if (why === null && isNew) for (const follow of followers) follow(instance);
        return why;
      };
    },
  };
}

interface Taking {
  current: () => EngineInstance | null;
  begin: (sighting: SightingOf) => void;
  goodbyes: Goodbyes;
  log: Logger;
  whoseIs: WhoseProcess;
}

/** Gives why the instance is not watched; null where it is. One at a time. */
function createHello(record: WatchedFile, taking: Taking): TakeHello {
  const { current, begin, goodbyes, log, whoseIs } = taking;
  const tellTwo = createSecondTold(log);
  return async (instance, seen) => {
    await goodbyes.settled();
    const foreign = await whyForeign(instance, whoseIs);
    if (foreign !== null) return foreign;
    const group = await ownGroupOf(instance);
    const first = current();
    const other = first === null || sameProcess(first, instance) ? null : first;
    const why = other === null ? null : await livesStill(other);
    if (why !== null) {
      tellTwo(first, instance);
      return why;
    }
    if (other !== null && current() === other) {
      const detail = `pid ${other.pid} is gone, and another instance says hello`;
      begin({ instance: other, suspicion: 'dead', probe: 'procfs', detail });
    }
    log.info({ instance }, seen);
    record.save({ instance, ended: 'no', ...(group !== null && { group }) });
    return null;
  };
}

/** Once of each: sources say it again and again. */
function createSecondTold(log: Logger) {
  let told: EngineInstance | null = null;
  return (first: EngineInstance | null, second: EngineInstance): void => {
    if (told === null || !sameProcess(told, second)) {
      log.error({ first, second }, 'TWO LIVE ENGINES: stop one of them now; the first is watched');
    }
    told = second;
  };
}

/** Null where it is ours. */
async function whyForeign({ pid }: EngineInstance, whoseIs: WhoseProcess): Promise<string | null> {
  const mark = await installationOf(pid).catch(() => '');
  const whose = await whoseIs(pid, mark);
  if (whose.kind === 'ours') return null;
  const is = whose.kind === 'another' ? 'is' : 'may be';
  return `pid ${pid} ${is} of another installation of Relight, whose dataDir is ${whose.where}`;
}

/** Null where it is gone; what cannot be looked at lives. */
async function livesStill({ pid, startTicks, instanceId }: EngineInstance): Promise<string | null> {
  const liveness = await livenessOf(pid, startTicks).catch(() => 'alive' as const);
  return liveness === 'gone' ? null : `${instanceId} (pid ${pid}) lives, and is watched`;
}
