/** Times as a surface tells them. */
import { utcText } from '../../content/utc-text.js';

/** In words; what is told again later must not say how long it still is. */
export type Times = (ms: number) => string;

/** For what is read at any time, anywhere: to the second. */
export const utcTimes: Times = (ms) =>
  `${utcText(ms)
    .replace('T', ' ')
    .replace(/\.\d{3}Z$/, '')} UTC`;
