/** Figures for a Prometheus scrape. */
import type { Engine } from '../engine.js';

export function metricsText(engine: Engine): string {
  const { acknowledged, refused, unknown } = engine.sender.counts;
  const rows: [string, 'gauge' | 'counter', string, number][] = [
    ['relight_engine_trading', 'gauge', '', engine.permission.trading ? 1 : 0],
    ['relight_engine_limit_percent', 'gauge', '', engine.permission.percent],
    ['relight_engine_orders', 'gauge', '', engine.book.orderCount],
    ['relight_engine_positions', 'gauge', '', engine.book.positions.length],
    ['relight_engine_checkpoint_sequence', 'counter', '', engine.checkpoints.sequence],
    ['relight_engine_fills_total', 'counter', '', engine.fillCount],
    ['relight_engine_orders_sent_total', 'counter', '{outcome="acknowledged"}', acknowledged],
    ['relight_engine_orders_sent_total', 'counter', '{outcome="refused"}', refused],
    ['relight_engine_orders_sent_total', 'counter', '{outcome="unknown"}', unknown],
  ];
  const typed = new Set<string>();
  const lines = rows.flatMap(([name, type, labels, value]) => {
    const head = typed.has(name) ? [] : [`# TYPE ${name} ${type}`];
    typed.add(name);
    return [...head, `${name}${labels} ${value}`];
  });
  return `${lines.join('\n')}\n`;
}
