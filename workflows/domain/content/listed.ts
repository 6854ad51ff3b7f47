/** Of a list so many rows, and how many there are: what a history keeps, or a person is shown, of a long one. */

export interface Listed<Row> {
  shown: Row[];
  /** Of all, those left out included. */
  count: number;
}

export function listed<Row>(rows: readonly Row[], most: number): Listed<Row> {
  return { shown: rows.slice(0, most), count: rows.length };
}
