/** What every surface draws: a question, and sections of labelled lines. */

/** `code`: to be typed or compared to the letter. `loud`: to be seen first. */
export interface Line {
  label: string;
  text: string;
  code?: true;
  loud?: true;
}

/** `rank`: what may be cut first has the highest; 0 is never left out. */
export interface Section {
  title: string;
  rank: 0 | 1 | 2 | 3 | 4;
  lines: Line[];
}

export interface Screen {
  title: string;
  question: string;
  sections: Section[];
}
