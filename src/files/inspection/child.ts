import { serve } from '../../processes/serve.js';
import { BOUNDS, type Bounds } from './bounds.js';
import { check, type Job } from './check.js';
import { type Inspection, Report } from './report.js';

Object.assign(BOUNDS, JSON.parse(process.argv[2]) as Bounds);

serve<Job, Inspection>(async (file, { kind, fileName }, save) => {
  const report = new Report(save);
  await check(file, kind, fileName, report);
  return report.inspection;
});
