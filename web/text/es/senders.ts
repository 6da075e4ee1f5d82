/** Approved and blocked senders, in Spanish. */
import { words } from '../plural.ts'

const { count, plural } = words('es')

export const senders = {
  title: 'Remitentes',
  lead: 'Los mensajes de remitentes aprobados no se retienen como correo no deseado; los de remitentes bloqueados sí. Esto vale solo para su propio correo.',
  views: { label: 'Qué remitentes', all: 'Todos', approved: 'Aprobados', blocked: 'Bloqueados' },
  search: 'Buscar remitentes',
  sender: 'Dirección o dominio',
  hint: 'Por ejemplo anna@example.org, o example.org para todos los de allí. Varios: separados por comas.',
  what: 'Qué debe ocurrir',
  approve: 'Aprobar',
  block: 'Bloquear',
  until: 'Cuánto tiempo',
  forGood: 'Para siempre',
  forDays: (n: number) => `Durante ${plural(n, { one: 'día', other: 'días' })}`,
  bad: 'Esto no es ni una dirección ni un dominio.',
  full: (n: number) => `Su lista está llena: caben ${count(n)} remitentes. Quite antes alguno.`,
  added: (n: number, sender: string) =>
    n === 1 ? `${sender} está en su lista.` : `${count(n)} remitentes están en su lista.`,
  remove: 'Quitar',
  removeOf: (sender: string) => `Quitar: ${sender}`,
  removed: (sender: string) => `${sender} ya no está en su lista.`,
  changeOf: (sender: string) => `Cambiar: ${sender}`,
  approveInstead: 'Aprobar en su lugar',
  blockInstead: 'Bloquear en su lugar',
  changed: (sender: string) => `${sender} se ha cambiado.`,
  untilWhen: (when: string) => `Hasta el ${when}`,
  over: (when: string) => `Terminó el ${when}`,
  used: (n: number, of: number) => `${count(n)} de ${count(of)} remitentes`,
  found: (n: number) => `${count(n)} encontrados`,
  empty: 'Todavía no hay remitentes',
  emptyText: 'Apruebe a los remitentes cuyo correo quiere recibir y bloquee a los que no.',
  nothing: 'No se ha encontrado nada',
  nothingText: 'Pruebe otras palabras o muestre todos los remitentes.',
  showAll: 'Mostrar todos los remitentes',
  notSpamAndApprove: 'No es spam y aprobar al remitente',
  deleteAndBlock: 'Eliminar y bloquear al remitente',
  moreNotSpam: 'Aprobar también al remitente',
  moreDelete: 'Bloquear también al remitente',
  /** After Not Spam and Delete: what became of the sender. */
  now: {
    approved: (sender: string) => `${sender} está aprobado.`,
    blocked: (sender: string) => `${sender} está bloqueado.`,
    allApproved: 'Los remitentes están aprobados.',
    allBlocked: 'Los remitentes están bloqueados.',
    full: 'No se pudo añadir al remitente a su lista: está llena.',
    none: 'No hay ningún remitente que se pueda añadir a su lista.',
  },
}
