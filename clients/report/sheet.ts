/**
 * The page under the pen: a cursor that goes down, page breaks, wrapped text and its tags.
 *
 * Invariants: content is either inside a structure element or an artifact, so that a screen reader
 * gets all of it in order; nothing is drawn below the bottom margin; text passes `drawable` first.
 */
import { drawable, type Doc } from './fonts.js';
import { wrap } from './wrap.js';
import { FILL, INK, PAGE, TEXT, leading, type TextStyle } from './theme.js';

export type Tag = ReturnType<Doc['struct']>;
/** The published types of pdfkit lack the attributes of tables and figures. */
type TagOptions = NonNullable<Parameters<Doc['struct']>[1]> & {
  scope?: 'Column' | 'Row';
  bbox?: [number, number, number, number];
};

interface Placed {
  x: number;
  y: number;
  width: number;
  align?: 'left' | 'right' | 'center';
}

export class Sheet {
  readonly doc: Doc;
  readonly left = PAGE.left;
  readonly width: number;
  y = PAGE.top;
  /** Whether a character stands by its number, so that the report can point at the JSON record. */
  lossy = false;
  #section: Tag;

  constructor(doc: Doc, root: Tag) {
    this.doc = doc;
    this.width = doc.page.width - PAGE.left - PAGE.right;
    this.#section = root;
  }

  get bottom(): number {
    return this.doc.page.height - PAGE.bottom;
  }

  get parent(): Tag {
    return this.#section;
  }

  /** Starts a new page if the height does not fit; tells whether it did. */
  room(height: number): boolean {
    if (this.y + height <= this.bottom || this.y === PAGE.top) return false;
    this.doc.addPage();
    this.y = PAGE.top;
    return true;
  }

  clean(source: string, style: TextStyle): string {
    const { text, numbered } = drawable(this.doc, style.font, source);
    this.lossy ||= numbered;
    return text;
  }

  lines(text: string, style: TextStyle, width: number, maxLines = 40): string[] {
    const clean = this.clean(text, style);
    this.doc.font(style.font).fontSize(style.size);
    return wrap(clean, width, maxLines, (part) => this.doc.widthOfString(part));
  }

  write(lines: readonly string[], style: TextStyle, { x, y, width, align = 'left' }: Placed): void {
    this.doc.font(style.font).fontSize(style.size).fillColor(INK[style.tone]);
    for (const [index, line] of lines.entries()) {
      const spare = width - this.doc.widthOfString(line.trimEnd());
      const shift = { left: 0, right: spare, center: spare / 2 }[align];
      this.doc.text(line, x + shift, y + index * leading(style), { lineBreak: false });
    }
  }

  tag(parent: Tag, type: string, draw: () => void, options: TagOptions = {}): void {
    parent.add(this.doc.struct(type, options, [draw]));
  }

  group(parent: Tag, type: string): Tag {
    const group = this.doc.struct(type);
    parent.add(group);
    return group;
  }

  artifact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** `keep` is the space that must follow on the same page: a heading alone is no heading. */
  section(title: string, keep = 70): void {
    this.y += 14;
    this.room(keep);
    this.doc.outline.addItem(title);
    this.tag(this.parent, 'H2', () => {
      this.write([title], TEXT.heading, { x: this.left, y: this.y, width: this.width });
    });
    this.y += 17;
    this.artifact(() => {
      const end = this.left + this.width;
      this.doc.moveTo(this.left, this.y).lineTo(end, this.y).lineWidth(0.8).stroke(FILL.rule);
    });
    this.y += 6;
  }

  paragraph(text: string, style: TextStyle = TEXT.body): void {
    const lines = this.lines(text, style, this.width);
    this.room(lines.length * leading(style));
    this.tag(this.parent, 'P', () => {
      this.write(lines, style, { x: this.left, y: this.y, width: this.width });
    });
    this.y += lines.length * leading(style) + 4;
  }

  list(items: readonly string[], mark: 'bullet' | 'box', style: TextStyle = TEXT.body): void {
    if (items.length === 0) return;
    const list = this.group(this.parent, 'L');
    for (const item of items) this.#item(list, item, { mark, style });
    list.end();
    this.y += 2;
  }

  #item(
    list: Tag,
    text: string,
    { mark, style }: { mark: 'bullet' | 'box'; style: TextStyle },
  ): void {
    const indent = 16;
    const width = this.width - indent;
    const lines = this.lines(text, style, width);
    this.room(lines.length * leading(style));
    this.artifact(() => this.#mark(mark));
    const entry = this.group(list, 'LI');
    this.tag(entry, 'LBody', () => {
      this.write(lines, style, { x: this.left + indent, y: this.y, width });
    });
    entry.end();
    this.y += lines.length * leading(style) + 4;
  }

  #mark(mark: 'bullet' | 'box'): void {
    if (mark === 'box') {
      this.doc
        .rect(this.left + 1, this.y - 0.5, 9, 9)
        .lineWidth(0.9)
        .stroke(INK.plain);
    } else {
      this.doc.circle(this.left + 6, this.y + 4, 1.6).fill(INK.plain);
    }
  }
}
