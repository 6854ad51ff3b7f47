/** Where reports are written: one folder per incident. */
import { join } from 'node:path';
import type { ReportFolder } from '../../activities/ports.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { incidentFolderName } from '../files/names.js';

export function createReportFolder(folder: string, files: Files = disk): ReportFolder {
  return {
    async write(incidentId, name, content) {
      const path = join(folder, incidentFolderName(incidentId), name);
      await writeAtomically(path, content, files);
      return path;
    },
  };
}
