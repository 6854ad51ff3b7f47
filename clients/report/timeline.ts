/**
 * The timeline plot: steps as bars, gates as hatched bars, crashes as lines, the ramp below.
 *
 * Invariants: one figure, drawn whole on one page in vector paths, with its content as alt text;
 * every bar also has its duration and status in words at the right edge.
 */
import { scaleBand, scaleLinear } from 'd3-scale';
import { curveStepAfter, line } from 'd3-shape';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import { durationText } from '../../workflows/domain/numbers/duration-text.js';
import { utc } from './format.js';
import type { Sheet } from './sheet.js';
import { FILL, INK, TEXT, leading, type TextStyle } from './theme.js';
import {
  altText,
  timeAxis,
  timelineOf,
  type Lane,
  type Span,
  type TimeAxis,
  type Timeline,
} from './timeline-model.js';
import { counted } from '../../workflows/domain/content/counted.js';

const LANE = 15;
const RAMP = 62;
const AXIS = 30;
const TOP = 12;
const GUTTER = { left: 124, right: 92 };

interface Plot {
  sheet: Sheet;
  timeline: Timeline;
  axis: TimeAxis;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export function timelinePlot(sheet: Sheet, record: RecoveryRecord): void {
  const timeline = timelineOf(record);
  if (timeline.lanes.length === 0) {
    sheet.section('Timeline');
    sheet.paragraph('No step was recorded, so there is nothing to plot.');
    return;
  }
  const lanes = timeline.lanes.length * LANE;
  const ramp = timeline.ramp.length === 0 ? 0 : RAMP;
  const height = TOP + lanes + ramp + AXIS;
  sheet.section('Timeline', height + 60);
  const left = sheet.left + GUTTER.left;
  const right = sheet.left + sheet.width - GUTTER.right;
  const top = sheet.y + TOP;
  const axis = timeAxis(timeline, left, right);
  const plot = { sheet, timeline, axis, left, right, top, bottom: top + lanes + ramp };
  sheet.tag(sheet.parent, 'Figure', () => draw(plot, top + lanes), {
    alt: sheet.clean(altText(timeline), TEXT.body),
    bbox: [sheet.left, sheet.y, sheet.left + sheet.width, sheet.y + height],
  });
  sheet.y += height + 4;
  sheet.paragraph(legend(timeline, axis), TEXT.note);
}

function legend({ zeroMs, crashes }: Timeline, { squeezed }: TimeAxis): string {
  const zero =
    crashes.length === 0 ? 'the start of the recovery' : 'the detection of the first crash';
  const parts = [
    `Zero is ${zero}, ${utc(zeroMs)}.`,
    'Solid bars: steps. Hatched bars: waiting at a gate. Dashed outline: not ended in this record.',
  ];
  if (crashes.length > 0)
    parts.push(`Dashed lines: ${counted(crashes.length, 'crash', 'crashes')}.`);
  if (squeezed !== null) {
    const lasted = durationText(Math.round((squeezed.to - squeezed.from) * 1000));
    parts.push(`The grey stretch of ${lasted}, in which nothing began or ended, is drawn shorter.`);
  }
  return parts.join(' ');
}

function draw(plot: Plot, lanesBottom: number): void {
  drawSqueeze(plot);
  drawAxis(plot);
  const { timeline, top } = plot;
  const rows = scaleBand<number>()
    .domain(timeline.lanes.map((_, index) => index))
    .range([top, lanesBottom])
    .paddingInner(0.35)
    .paddingOuter(0.2);
  for (const [index, lane] of timeline.lanes.entries()) {
    drawLane(plot, lane, rows(index) ?? top, rows.bandwidth());
  }
  if (timeline.ramp.length > 0) drawRamp(plot, lanesBottom);
  drawCrashes(plot);
}

const QUIET: TextStyle = { ...TEXT.cell, size: 7, tone: 'quiet' };

interface LabelPlace {
  x: number;
  y: number;
  width?: number;
  align?: 'left' | 'right' | 'center';
  style?: TextStyle;
}

function label(sheet: Sheet, text: string, place: LabelPlace): void {
  const { x, y, width = 200, align = 'left', style = QUIET } = place;
  sheet.write(sheet.lines(text, style, width, 1), style, { x, y, width, align });
}

function drawSqueeze({ sheet, axis, top, bottom }: Plot): void {
  if (axis.squeezed === null) return;
  const from = axis.scale(axis.squeezed.from);
  const width = axis.scale(axis.squeezed.to) - from;
  sheet.doc.path(box(from, top, width, bottom - top)).fill('#eceff2');
}

function drawAxis({ sheet, axis, timeline, left, right, top, bottom }: Plot): void {
  const { doc } = sheet;
  for (const tick of axis.ticks) {
    const x = axis.scale(tick);
    doc.path(`M${x},${top}V${bottom}`).lineWidth(0.5).stroke(FILL.grid);
    label(sheet, String(tick), { x: x - 30, y: bottom + 4, width: 60, align: 'center' });
  }
  doc.path(`M${left},${bottom}H${right}`).lineWidth(0.8).stroke(INK.quiet);
  const since = timeline.crashes.length === 0 ? 'the start' : 'the crash was detected';
  const width = right - left;
  label(sheet, `seconds since ${since}`, { x: left, y: bottom + 15, width, align: 'center' });
}

function drawLane(plot: Plot, lane: Lane, y: number, height: number): void {
  const { sheet, left, right, timeline } = plot;
  const first = timeline.lanes.find(({ kind }) => kind === 'gate');
  if (lane === first) {
    const above = y - (LANE - height) / 2;
    sheet.doc
      .path(`M${sheet.left},${above}H${right + GUTTER.right}`)
      .lineWidth(0.4)
      .stroke(FILL.rule);
  }
  const text = y + (height - leading(TEXT.cell)) / 2 + 1;
  const style = TEXT.cell;
  label(sheet, lane.label, {
    x: sheet.left,
    y: text,
    width: left - sheet.left - 6,
    align: 'right',
    style,
  });
  for (const span of lane.spans) drawBar(plot, { lane, span, y, height });
  const tone = lane.tone;
  const end: TextStyle = { ...TEXT.cell, tone };
  label(sheet, lane.words, { x: right + 6, y: text, width: GUTTER.right - 6, style: end });
}

interface Bar {
  lane: Lane;
  span: Span;
  y: number;
  height: number;
}

function drawBar({ sheet: { doc }, axis }: Plot, { lane, span, y, height }: Bar): void {
  const x = axis.scale(span.from);
  const width = Math.max(1.2, axis.scale(span.to) - x);
  const outline = box(x, y, width, height);
  if (lane.kind === 'gate') {
    doc.save().path(outline).clip();
    doc
      .path(hatch(x, y, width, height))
      .lineWidth(0.9)
      .stroke(FILL.gate)
      .restore();
    doc.path(outline).lineWidth(0.7).stroke(FILL.gate);
    return;
  }
  const colour = span.failed ? INK.bad : FILL.step;
  if (span.open) doc.path(outline).lineWidth(0.9).dash(2, { space: 1.5 }).stroke(colour).undash();
  else doc.path(outline).fill(colour);
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${x},${y}h${width}v${height}h${-width}Z`;
}

function hatch(x: number, y: number, width: number, height: number): string {
  const strokes: string[] = [];
  for (let from = x - height; from < x + width; from += 3.6) {
    strokes.push(`M${from},${y + height}l${height},${-height}`);
  }
  return strokes.join('');
}

/** Labels of crashes that nearly coincide would overprint each other: the first one stands. */
function drawCrashes({ sheet, timeline, axis, top, bottom }: Plot): void {
  const style: TextStyle = { font: 'Sans-Bold', size: 7, tone: 'bad' };
  let free = -Infinity;
  for (const [index, at] of timeline.crashes.entries()) {
    const x = axis.scale(at);
    sheet.doc
      .path(`M${x},${top - 2}V${bottom}`)
      .lineWidth(1)
      .dash(3, { space: 2 });
    sheet.doc.stroke(INK.bad).undash();
    if (x < free) continue;
    const text = timeline.crashes.length === 1 ? 'crash' : `crash ${index + 1}`;
    label(sheet, text, { x: x - 20, y: top - 11, width: 40, align: 'center', style });
    free = x + 34;
  }
}

function drawRamp(plot: Plot, top: number): void {
  const { sheet, timeline, axis, right, bottom } = plot;
  const y = scaleLinear()
    .domain([0, 100])
    .range([bottom - 2, top + 14]);
  drawRampFrame(plot, y);
  const last = timeline.ramp.at(-1);
  const points = [...timeline.ramp, ...(last === undefined ? [] : [{ ...last, at: timeline.end }])];
  const step = line<{ at: number; percent: number }>(
    (p) => axis.scale(p.at),
    (p) => y(p.percent),
  );
  const path = step.curve(curveStepAfter)(points);
  if (path !== null) sheet.doc.path(path).lineWidth(1.6).stroke(FILL.ramp);
  let free = -Infinity;
  for (const { at, percent } of timeline.ramp) {
    const x = axis.scale(at);
    sheet.doc.circle(x, y(percent), 1.8).fill(FILL.ramp);
    if (x < free) continue;
    label(sheet, `${percent} %`, {
      x: x - 24,
      y: y(percent) - 8.5,
      width: 22,
      align: 'right',
      style: TEXT.small,
    });
    free = x + 10;
  }
  const end: TextStyle = { ...TEXT.cell, tone: 'good' };
  const words = `up to ${last?.percent ?? 0} %`;
  label(sheet, words, {
    x: right + 6,
    y: y(last?.percent ?? 0) - 4,
    width: GUTTER.right - 6,
    style: end,
  });
}

function drawRampFrame({ sheet, left, right }: Plot, y: (percent: number) => number): void {
  const width = GUTTER.left - 6;
  label(sheet, 'Position limits,', { x: sheet.left, y: y(62), width: width - 26, align: 'right' });
  label(sheet, '% of full', { x: sheet.left, y: y(42), width: width - 26, align: 'right' });
  for (const percent of [0, 50, 100]) {
    sheet.doc
      .path(`M${left},${y(percent)}H${right}`)
      .lineWidth(0.4)
      .stroke(FILL.grid);
    label(sheet, String(percent), { x: sheet.left, y: y(percent) - 4, width, align: 'right' });
  }
}
