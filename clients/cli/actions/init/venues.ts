/** The exchanges of a first configuration, and where their keys lie. */
import type { Beginning, SecretPlace, VenueAnswer } from '../../answers/init.js';
import { UsageError } from '../../usage-error.js';
import type { Asking } from './asking.js';
import type { InitOptions } from './options.js';

export async function venuesOf(
  beginning: Beginning,
  asking: Asking,
  options: InitOptions,
): Promise<VenueAnswer[]> {
  const names = await asking.answer({
    flag: '--venue',
    given: options.venue?.join(','),
    text: 'Exchanges, as ccxt names them, with commas between',
    otherwise: null,
    refuses: (typed) => {
      const stranger = listOf(typed).find((name) => !beginning.knowsVenue(name));
      return stranger === undefined ? null : `${stranger} is no exchange of ccxt`;
    },
  });
  const [urls, instruments, keys] = [options.url, options.instruments, options.keys].map(byVenue);
  const venues: VenueAnswer[] = [];
  for (const name of listOf(names)) {
    const traded = await asking.answer({
      flag: `--instruments ${name}=`,
      given: instruments?.get(name),
      text: `Instruments at ${name}, such as BTC/USDT, with commas between`,
      otherwise: null,
    });
    const own = name.toUpperCase();
    const places = await asking.answer({
      flag: `--keys ${name}=`,
      given: keys?.get(name),
      text: `Environment variables, or files, with key and secret of ${name} (never the key itself)`,
      otherwise: `${own}_API_KEY,${own}_API_SECRET`,
      mayBeSecret: true,
      refuses: (typed) => whyNoPlaces(listOf(typed)),
    });
    const [apiKey = '', secret = ''] = listOf(places);
    const url = await asking.answer({
      flag: `--url ${name}=`,
      given: urls?.get(name),
      text: `URL in place of ${name} itself, of a sandbox or a gateway`,
      otherwise: '',
      refuses: (typed) =>
        typed === '' || isUrl(typed) ? null : 'is no URL, as http://HOST:PORT is',
    });
    venues.push({
      name,
      url: url === '' ? null : url,
      instruments: listOf(traded),
      apiKey: placeOf(apiKey),
      secret: placeOf(secret),
    });
  }
  return venues;
}

export function isUrl(typed: string): boolean {
  return /^https?:/.test(typed) && URL.canParse(typed);
}

/** Capitals: a key itself has small letters, too. */
const VARIABLE = /^[A-Z_][A-Z0-9_]{0,59}$/;

/** What is typed here by mistake is told by no word of it. */
function whyNoPlaces(places: readonly string[]): string | null {
  if (places.length !== 2) return 'name two, with a comma between';
  const isPlace = (place: string) => place.includes('/') || VARIABLE.test(place);
  return places.every(isPlace)
    ? null
    : 'the name of a variable in capitals is meant, or a path with "/"';
}

function placeOf(named: string): SecretPlace {
  return named.includes('/') ? { file: named } : { env: named };
}

function listOf(text: string): string[] {
  return [...new Set(text.split(',').map((one) => one.trim()))].filter((one) => one !== '');
}

/** `VENUE=VALUE`, each. */
function byVenue(flags: readonly string[] | undefined): Map<string, string> {
  return new Map(
    (flags ?? []).map((flag) => {
      const at = flag.indexOf('=');
      if (at < 1) throw new UsageError(`"${flag}" names no venue: write VENUE=VALUE`);
      return [flag.slice(0, at), flag.slice(at + 1)];
    }),
  );
}
