/** The compose file without Docker: what it mounts, waits for, opens and keeps out of itself. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const Service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  network_mode: z.string().optional(),
  pid: z.string().optional(),
  ports: z.array(z.string()).default([]),
  restart: z.string().optional(),
  volumes: z.array(z.string()).default([]),
});

const Compose = z.object({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

const text = readFileSync(`${ROOT}docker-compose.yml`, 'utf8');
const compose = Compose.parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);

/** `${NAME:-default}` as it is where nothing is set. */
function withDefaults(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}

function dependsOn(condition: string): Set<string> {
  return new Set(
    services.flatMap(([, { depends_on: needs }]) =>
      Object.keys(needs).filter((name) => needs[name]?.condition === condition),
    ),
  );
}

test('everything that is mounted exists', () => {
  for (const [name, { volumes }] of services) {
    for (const volume of volumes) {
      const source = withDefaults(volume).split(':')[0] ?? '';
      const known = source.startsWith('.') ? existsSync(ROOT + source) : source in compose.volumes;
      assert.ok(known, `${name} mounts ${source}, which does not exist`);
    }
  }
});

test('every service says whether it is healthy, or is a job that ends', () => {
  const jobs = dependsOn('service_completed_successfully');
  for (const [name, service] of services) {
    const isJob = jobs.has(name) && service.restart?.startsWith('on-failure') === true;
    assert.ok(isJob || service.healthcheck !== undefined, `${name} has no healthcheck`);
  }
  for (const name of dependsOn('service_healthy')) {
    assert.ok(compose.services[name]?.healthcheck, `${name} is waited for without a healthcheck`);
  }
});

test('whatever a service refers to is a service', () => {
  for (const [name, service] of services) {
    const shared = [service.pid, service.network_mode].flatMap((mode) =>
      mode?.startsWith('service:') === true ? [mode.slice('service:'.length)] : [],
    );
    for (const other of [...Object.keys(service.depends_on), ...shared]) {
      assert.ok(other in compose.services, `${name} refers to ${other}`);
    }
  }
});

test('every image is pinned to a full version', () => {
  for (const [name, { image }] of services) {
    assert.match(image, /:\d+\.\d+(?:\.\d+)?(?:-\w+)?$/, `${name} runs ${image}`);
  }
});

test('ports are open to this machine only', () => {
  for (const [name, { ports }] of services) {
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name} opens ${port}`);
  }
});

test('no password, key or token is written into the file', () => {
  for (const [name, { environment }] of services) {
    for (const [key, value] of Object.entries(environment)) {
      if (!/(?:PASSWORD|PWD|KEY|TOKEN|SECRET)/.test(key)) continue;
      assert.match(value, /^\$\{\w+(?::-sandbox-only)?\}$/, `${name} has ${key} in the open`);
    }
  }
});

test('the image is built from a Dockerfile that copies what is there', () => {
  const build = services.flatMap(([, service]) => service.build ?? [])[0];
  const dockerfile = readFileSync(`${ROOT}${build?.dockerfile}`, 'utf8');
  for (const [, sources] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const source of sources?.split(' ') ?? []) {
      assert.ok(existsSync(ROOT + source), `${source} does not exist`);
    }
  }
});

test('the server of the fleet polls as fast as the embedded one', () => {
  const configured = z
    .record(z.string(), z.tuple([z.object({ value: z.number() })]))
    .parse(parse(readFileSync(`${ROOT}docs/temporal/dynamic-config.yaml`, 'utf8')));
  const launch = readFileSync(`${ROOT}clients/temporal/embedded/launch.ts`, 'utf8');
  const embedded = [...launch.matchAll(/'(history\.\w+)': ([\d_]+)/g)].map(
    ([, name, value]) => [name, Number(value?.replaceAll('_', ''))] as const,
  );
  const fleet = Object.entries(configured).map(([name, [{ value }]]) => [name, value] as const);
  assert.deepEqual(Object.fromEntries(fleet), Object.fromEntries(embedded));
});
