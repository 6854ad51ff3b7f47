/** What the configuration itself tells; that it is valid, whoever has come here knows. */
import { fault, ok, unverified, warning } from '../../../workflows/domain/readiness/finding.js';
import { lostWithoutTemporal } from '../../config/containment.js';
import { prefixWarnings, warningsOf } from '../../config/contradictions.js';
import { hostOf } from '../../config/engines.js';
import { secretFaults, secretFolders } from '../../config/secrets.js';
import { NOWHERE, type Check } from './part.js';

export const engines: Check = {
  name: 'engines',
  group: 'configuration',
  parts: ({ config, engines }) =>
    engines.map(([engineId, engine]) => ({
      subject: engineId,
      touches: NOWHERE,
      look: async () => {
        const host = hostOf(config, engine);
        return host === config.host
          ? [ok(`it lives here (${host})`)]
          : [
              unverified(
                `it lives on ${host}, and this is ${config.host}: its host was not looked at`,
                `run relight doctor ${engineId} there too`,
              ),
            ];
      },
    })),
};

export const settings: Check = {
  name: 'settings',
  group: 'configuration',
  parts: ({ config, engines }) => [
    {
      subject: null,
      touches: NOWHERE,
      look: async () => {
        const own = { ...config, engines: Object.fromEntries(engines) };
        const lost = engines.flatMap(([id, engine]) => lostWithoutTemporal(id, engine) ?? []);
        const notable = [...prefixWarnings(own), ...warningsOf(own), ...lost];
        if (notable.length === 0) return [ok('valid, and nothing in it is doubtful')];
        return notable.map((one) => warning(one, 'write it otherwise: docs/configuration.md'));
      },
    },
  ],
};

export const secrets: Check = {
  name: 'secrets',
  group: 'configuration',
  parts: ({ config }) => [
    {
      subject: null,
      touches: secretFolders(config),
      look: async () => {
        const faults = secretFaults(config);
        if (faults.length === 0) return [ok('all that are named are here, and closed to others')];
        const remedy = 'put it here, or run relight doctor on the machine that has it';
        return faults.map(({ line }) => fault(line, remedy));
      },
    },
  ],
};
