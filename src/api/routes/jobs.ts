/** Deeds on everything that a query matches, in the background. */
import * as jobs from '../job-schemas.ts'
import { type Route, v1 } from '../route.ts'
import * as schemas from '../schemas.ts'

export const jobsRoutes = {
  previewJob: {
    method: 'post',
    path: `${v1}/jobs/preview`,
    permission: 'message.release',
    summary: 'What a job on all messages that match would do',
    description: 'Changes nothing. Give its asOf to the job: mail that comes in later is not in it.',
    body: jobs.jobOrder,
    answer: jobs.jobPreview,
    status: 200,
  },
  startJob: {
    method: 'post',
    path: `${v1}/jobs`,
    permission: 'message.release',
    summary: 'Release or delete all messages that match, in the background',
    description:
      'Mail held for antivirus is left out, always. The job goes on over a restart, and can be stopped.',
    body: jobs.newJob,
    answer: jobs.jobView,
    status: 201,
  },
  listJobs: {
    method: 'get',
    path: `${v1}/jobs`,
    permission: 'message.find',
    summary: 'Jobs, the newest first',
    query: jobs.jobQuery,
    answer: jobs.jobList,
    status: 200,
  },
  showJob: {
    method: 'get',
    path: `${v1}/jobs/{id}`,
    permission: 'message.find',
    summary: 'A job and how far it is',
    params: schemas.idParams,
    answer: jobs.jobView,
    status: 200,
  },
  listJobItems: {
    method: 'get',
    path: `${v1}/jobs/{id}/items`,
    permission: 'message.find',
    summary: 'What became of each message of a job',
    params: schemas.idParams,
    query: jobs.jobItemQuery,
    answer: jobs.jobItemPage,
    status: 200,
  },
  stopJob: {
    method: 'post',
    path: `${v1}/jobs/{id}/stop`,
    permission: 'message.release',
    summary: 'Stop a job',
    description: 'What it has done stays done.',
    params: schemas.idParams,
    answer: jobs.jobView,
    status: 200,
  },
} as const satisfies Record<string, Route>
