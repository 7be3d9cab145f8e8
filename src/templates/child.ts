import { serve } from '../processes/serve.js';
import { fillTemplate, templateProblems } from './fill.js';
import type { Filled, FillJob } from './filler.js';

serve<FillJob, Filled>(async (docx, job) =>
  'data' in job ? { file: fillTemplate(docx, job.data) } : { problems: templateProblems(docx) },
);
