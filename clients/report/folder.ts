/** Where reports are written: one folder per incident. */
import { join } from 'node:path';
import type { ReportFolder } from '../../activities/ports.js';
import { writeAtomically } from '../artifacts/index.js';

export function createReportFolder(folder: string): ReportFolder {
  return {
    async write(incidentId, name, content) {
      const path = join(folder, incidentId.replaceAll('/', '--'), name);
      await writeAtomically(path, content);
      return path;
    },
  };
}
