/** What the page needs only when somebody asks for it is loaded then, so that the first rows are there sooner. */
import { lazy } from 'react'

export const ReleaseDialog = lazy(() =>
  import('../deeds/ReleaseDialog.tsx').then(({ ReleaseDialog: it }) => ({ default: it })),
)
export const DeleteDialog = lazy(() =>
  import('../deeds/DeleteDialog.tsx').then(({ DeleteDialog: it }) => ({ default: it })),
)
export const EverythingDialog = lazy(() =>
  import('./EverythingDialog.tsx').then(({ EverythingDialog: it }) => ({ default: it })),
)
export const Deferred = lazy(() => import('./Deferred.tsx').then(({ Deferred: it }) => ({ default: it })))
export const ExactDates = lazy(() =>
  import('./ExactDates.tsx').then(({ ExactDates: it }) => ({ default: it })),
)
export const KeysHelp = lazy(() => import('./KeysHelp.tsx').then(({ KeysHelp: it }) => ({ default: it })))
