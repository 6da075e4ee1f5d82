/** When digests come, in Spanish. */
import type { digest as en } from '../en/digest.ts'

export const digest: typeof en = {
  title: 'Resumen por correo',
  text: 'Un correo que enumera lo que se ha retenido para usted desde el anterior. Con sus enlaces puede recibir los mensajes o eliminarlos.',
  when: 'Frecuencia',
  usual: (often: string) => `Como es habitual aquí: ${often}`,
  daily: 'cada día',
  never: 'nunca',
  modes: { daily: 'Cada día', days: 'Algunos días', off: 'Nunca' },
  days: 'Días',
  times: 'Horas',
  time: (n: number) => `Hora ${n}`,
  add: 'Añadir una hora',
  remove: (time: string) => `Quitar ${time}`,
  needDay: 'Elija al menos un día.',
  needTime: 'Indique una hora, por ejemplo 07:30.',
  next: (when: string) => `El próximo está previsto: ${when}.`,
  onlyNew: 'Si no hay nada nuevo, no llega ninguno.',
  none: 'No recibe resúmenes.',
  written: (language: string, zone: string) =>
    `En ${language}, según la hora de ${zone}. Ambos se cambian arriba.`,
  saved: 'Guardado.',
}
