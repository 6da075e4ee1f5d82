/** What the page needs only when somebody asks for it is loaded then, so that the first rows are there sooner. */
import { later } from '../../ui/later.tsx'

export const ReleaseDialog = later(() => import('../deeds/ReleaseDialog.tsx').then((it) => it.ReleaseDialog))
export const DeleteDialog = later(() => import('../deeds/DeleteDialog.tsx').then((it) => it.DeleteDialog))
export const EverythingDialog = later(() =>
  import('./EverythingDialog.tsx').then((it) => it.EverythingDialog),
)
export const Deferred = later(() => import('./Deferred.tsx').then((it) => it.Deferred))
export const ExactDates = later(() => import('./ExactDates.tsx').then((it) => it.ExactDates))
export const KeysHelp = later(() => import('./KeysHelp.tsx').then((it) => it.KeysHelp))
