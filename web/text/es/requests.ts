/** Asking for the release of a message, and what became of it, in Spanish. */
import { words } from '../plural.ts'
import type { UserText } from '../user.ts'

const { plural } = words('es')
const messages = (n: number) => plural(n, { one: 'mensaje', other: 'mensajes' })

export const requests: UserText['requests'] = {
  ask: 'Solicitar el mensaje',
  askShort: 'Solicitar',
  askOf: (subject) => `Solicitar el mensaje: ${subject}`,
  title: (n) => (n === 1 ? 'Solicitar este mensaje' : `Solicitar ${messages(n)}`),
  text: 'Las personas que se ocupan de su correo miran su solicitud y deciden. Verá aquí la respuesta.',
  note: '¿Para qué lo necesita?',
  noteHint: 'Puede dejarlo vacío. Se lee junto con su solicitud.',
  send: 'Enviar la solicitud',
  cancel: 'Cancelar',
  mayAsk:
    'Este mensaje no se lo puede enviar usted. Si lo necesita, solicítelo: deciden las personas que se ocupan de su correo.',
  sent: (n) =>
    n === 1 ? 'Se ha enviado su solicitud.' : `Se han enviado sus solicitudes de ${messages(n)}.`,
  notSent: (n) =>
    n === 1
      ? 'No se ha podido solicitar un mensaje; ábralo para ver por qué.'
      : `No se han podido solicitar ${messages(n)}; ábralos para ver por qué.`,
  states: { open: 'Solicitado', approved: 'Aprobado', denied: 'Rechazado' },
  openText: (when) => `Usted solicitó este mensaje: ${when}. Verá aquí la respuesta.`,
  openByOther: (when) => `Otra persona que también lee este correo lo solicitó: ${when}.`,
  deniedText: (when) => `La solicitud fue rechazada: ${when}. El mensaje no se le envía.`,
  approvedText: (when) => `La solicitud fue aprobada: ${when}.`,
  yourWords: 'Usted escribió',
  answer: 'Respuesta',
  withdraw: 'Retirar la solicitud',
  withdrawn: (n) =>
    n === 1 ? 'Se ha retirado su solicitud.' : `Se han retirado sus solicitudes de ${messages(n)}.`,
}
