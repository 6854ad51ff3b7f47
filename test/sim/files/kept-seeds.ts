/**
 * Stories in which a promise was broken once, by store. Each was found again after its mend had been taken out;
 * a change of how stories are drawn makes other stories of them, and costs nothing.
 */
export const KEPT_SEEDS: Readonly<Record<string, readonly number[]>> = {
  // There already, by a process that was killed before the name was on the disk: acknowledged all the same.
  artifacts: [12],
  'reports that hosts share': [200],
  'epochs that hosts share': [100, 120],
  'epochs of this machine': [19],
  'epochs of the host': [40],
  'recovered checkpoints': [220],
  'since when nothing was heard': [159],
  'crash log': [56],
  // Released, and engaged again after the power failure.
  'kill switch': [43],
  // A new file took the name of the old one before that had its other name on the disk.
  'crash log that begins anew': [121, 139],
  // An empty claim was nobody's, for ever; one that was there already was not on the disk.
  'whose a data folder is': [51, 80],
  // A folder that a killed process had made, without its name on the disk, was lost with all in it.
  'crash reports in the spool': [118, 132],
  'notices that are still to be told': [23],
  'services that have failed': [12],
  'shadow checkpoints': [7],
};
