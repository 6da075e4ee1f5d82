/** Addresses of others that a user looks after, in Spanish. */
import type { delegations as en } from '../en/delegations.ts'

export const delegations: typeof en = {
  another: 'Ocuparse de otra dirección',
  anotherText:
    'Para un buzón compartido o una lista, como ventas@example.org. Enviamos un código a esa dirección; quien lea su correo puede dárselo.',
  address: 'La dirección compartida',
  send: 'Enviar un código',
  haveCode: 'Tengo un código',
  sent: (address) =>
    `Si aquí se atiende el correo de ${address}, un código va en camino hacia allí. Introdúzcalo abajo cuando lo tenga.`,
  code: 'Código',
  codeHint: 'Ocho letras y cifras, como AB12-CD34.',
  use: 'Introducir el código',
  badAddress: 'Esto no es una dirección de correo.',
  badCode: 'Este código es incorrecto o ya no sirve. Mire el mensaje más reciente o envíe un código nuevo.',
  tooMany: 'Son demasiadas direcciones. Devuelva primero una.',
  added: (address) => `Ahora se ocupa de ${address}.`,
  giveBack: 'Devolver',
  giveBackOf: (address) => `Devolver: ${address}`,
  givenBack: (address) => `Ya no se ocupa de ${address}.`,
  sure: (address) => `¿Dejar de ocuparse de ${address}? Para tenerla de nuevo necesitará otro código.`,
  cancel: 'Cancelar',
}
