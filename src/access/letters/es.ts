/** Spanish. */
import type { LetterText } from './text.ts'

const hello = (display: string) => (display === '' ? 'Buenos días:' : `Buenos días, ${display}:`)

export const es: LetterText = {
  quarantine: (organisation) =>
    organisation === '' ? 'su cuarentena de correo' : `la cuarentena de correo de ${organisation}`,
  hours: (n) => (n === 1 ? '1 hora' : n % 24 === 0 && n > 24 ? `${n / 24} días` : `${n} horas`),
  signIn: (where, minutes) => ({
    subject: 'Su enlace a la cuarentena de correo',
    lead: [`Alguien, probablemente usted, pidió un enlace para entrar en ${where}.`],
    action: 'Iniciar sesión',
    after: [
      `El enlace sirve una sola vez, durante ${minutes} minutos. No reenvíe este mensaje: quien tenga el enlace ve su correo retenido.`,
      'Si no lo pidió usted, no tiene que hacer nada.',
    ],
  }),
  invitation: (where, display, lasts) => ({
    subject: 'Su acceso a la cuarentena de correo',
    lead: [
      hello(display),
      `desde ahora puede ocuparse del correo que se retiene para usted: en ${where} lo ve, hace que se le entregue o lo elimina.`,
      'Elija para ello una contraseña.',
    ],
    action: 'Elegir una contraseña',
    after: [
      `El enlace sirve una sola vez, durante ${lasts}. No reenvíe este mensaje: quien tenga el enlace ve su correo retenido.`,
    ],
  }),
  newPassword: (where, display, lasts) => ({
    subject: 'Una contraseña nueva para la cuarentena de correo',
    lead: [hello(display), `con este enlace elige una contraseña nueva para ${where}.`],
    action: 'Elegir una contraseña',
    after: [
      `El enlace sirve una sola vez, durante ${lasts}. Hasta entonces su contraseña actual sigue valiendo. No reenvíe este mensaje.`,
    ],
  }),
  delegation: (where, who, address, lasts) => ({
    subject: 'Código para ocuparse del correo retenido',
    lead: [
      `${who} pide ocuparse del correo que se retiene para ${address} en ${where}.`,
      `Quien introduzca allí este código verá ese correo y podrá hacer que se entregue a ${address} o eliminarlo. El código solo sirve para ${who}.`,
    ],
    action: 'Código',
    after: [
      `Sirve una sola vez, durante ${lasts}.`,
      `Si no conoce a ${who}, o no lo desea, no comunique el código: sin él nada cambia y no tiene que hacer nada.`,
    ],
  }),
}
