/** One figure of the bench beside its bound. */
export interface Ratio {
  name: string;
  measured: number;
  bound: number;
}
