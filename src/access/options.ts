/** What can be set about sessions and signing in; these keys are part of section [admin] (http/options.ts). */
import { z } from 'zod'
import { option } from '../options.ts'

export const accessKeys = {
  session_hours: option(
    z.number().min(0.1).max(720),
    12,
    'A session ends after this long, whatever happens in it.',
    { reloadable: true },
  ),
  idle_minutes: option(
    z.number().min(2).max(1440),
    60,
    'A session in which nothing happens ends after this long.',
    {
      reloadable: true,
    },
  ),
  sign_in_failures: option(
    z.int().min(3).max(1000),
    10,
    'Wrong passwords from one address in sign_in_window_minutes before further attempts are answered 429; for one account,\nfrom wherever they come, five times as many. Behind a reverse proxy everybody has its address: set more there.',
  ),
  sign_in_window_minutes: option(z.number().min(1).max(1440), 10, 'See sign_in_failures.'),
}

export interface AccessOptions {
  session_hours: number
  idle_minutes: number
  sign_in_failures: number
  sign_in_window_minutes: number
}
