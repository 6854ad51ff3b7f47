/**
 * How libraries and bots begin the client ids of whoever trades with them: broker ids, by which venues
 * know the program. Everybody who uses it has the same, so it tells nobody's orders apart.
 */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  ccxt: [
    'x-TKT5PX2F', // Binance spot and margin
    'x-cvBPrNm9', // Binance USD-M
    'x-xcKtGhcu', // Binance COIN-M, and USD-M before
    'x-R4BD3S82', // Binance spot before
    'x-167673045', // Deribit and others that follow it
    '6b9ad766b55dBCDE', // OKX
    'e847386590ce4dBC', // OKX before
    'bc830de7-50f3-460b-9ee0-f430f83f9dad', // WOO
    'AA03022abc', // HTX
    'CCXT',
    'ccxt',
  ],
  'python-binance': ['x-HNA2TXFJ', 'x-Cb7ytekJ'],
  'node-binance-api': ['x-B3AUXNYV', 'x-15PC4ZJy'],
  Hummingbot: ['x-MG43PCSN', 'x-nbQe1H39', 'hbot', 'HBOT'],
  NautilusTrader: ['x-TD67BGP9', 'x-aHRE4BCj'],
  Gate: ['t-'], // of every order that is sent by its API
  'web pages of venues': ['web_', 'android_', 'ios_', 'electron_', 'autoclose-', 'adl_autoclose'],
};

/** Whose client ids this prefix begins too; null where none of the known ones. */
export function sharedPrefixOf(prefix: string): string | null {
  const found = Object.entries(SHARED).find(([, all]) =>
    all.some((shared) => shared.startsWith(prefix)),
  );
  return found?.[0] ?? null;
}
