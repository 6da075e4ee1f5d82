/** Deliveries, areas, audit log and the state of the whole. */

import { type Route, v1 } from '../route.ts'
import * as schemas from '../schemas.ts'
import * as system from '../system-schemas.ts'

export const systemRoutes = {
  listDeliveries: {
    method: 'get',
    path: `${v1}/deliveries`,
    permission: 'delivery.view',
    summary: 'Deliveries of released mail',
    description: 'Due ones in the order in which they will be tried, others the newest first.',
    query: schemas.deliveryQuery,
    answer: schemas.deliveryPage,
    status: 200,
  },
  retryDeliveries: {
    method: 'post',
    path: `${v1}/deliveries/retry`,
    permission: 'delivery.change',
    summary: 'Try due deliveries now',
    body: schemas.idsOrder,
    answer: schemas.deliveryResults,
    status: 200,
  },
  cancelDeliveries: {
    method: 'post',
    path: `${v1}/deliveries/cancel`,
    permission: 'delivery.change',
    summary: 'Give up due deliveries',
    description: "The recipients' copies are held again.",
    body: schemas.idsOrder,
    answer: schemas.deliveryResults,
    status: 200,
  },
  listAreas: {
    method: 'get',
    path: `${v1}/areas`,
    permission: 'area.view',
    summary: 'Quarantine areas',
    answer: system.areaList,
    status: 200,
  },
  showStatus: {
    method: 'get',
    path: `${v1}/status`,
    permission: 'status.view',
    summary: 'State of the store and of deliveries',
    answer: system.statusView,
    status: 200,
  },
  listAudit: {
    method: 'get',
    path: `${v1}/audit`,
    permission: 'audit.view',
    summary: 'The audit log, the newest first',
    query: system.auditQuery,
    answer: system.auditPage,
    status: 200,
  },
  verifyAudit: {
    method: 'get',
    path: `${v1}/audit/verify`,
    permission: 'audit.view',
    summary: 'Check the hash chain of the audit log',
    answer: system.auditReport,
    status: 200,
  },
  showDelivery: {
    method: 'get',
    path: `${v1}/deliveries/{id}`,
    permission: 'delivery.view',
    summary: 'A delivery with all its attempts',
    params: schemas.idParams,
    answer: schemas.deliveryDetail,
    status: 200,
  },
  showOverview: {
    method: 'get',
    path: `${v1}/overview`,
    permission: 'status.view',
    summary: 'What was held, released and failed by day and reason; store, deliveries, scanners',
    query: system.overviewQuery,
    answer: system.overview,
    status: 200,
  },
  exportAudit: {
    method: 'get',
    path: `${v1}/audit.csv`,
    permission: 'audit.view',
    summary: 'The audit log as CSV',
    description:
      'All rows that match, the oldest first, streamed; with hashes, so that the chain can be checked elsewhere.',
    query: system.auditExportQuery,
    status: 200,
    mediaType: 'text/csv',
  },
  listen: {
    method: 'get',
    path: `${v1}/events`,
    permission: 'event.listen',
    summary: 'What changes, as it happens',
    description:
      'Server-sent events, at most one a second: what kinds of things changed, so that a console asks again for what it shows. Ends with the session.',
    status: 200,
    mediaType: 'text/event-stream',
  },
} as const satisfies Record<string, Route>
