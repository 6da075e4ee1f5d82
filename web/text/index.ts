/** The words of the consoles. A further language is an object of the same shape. */
import { createContext, useContext } from 'react'
import { en } from './en/index.ts'

export type Text = typeof en

const TextContext = createContext<Text>(en)
export const useText = (): Text => useContext(TextContext)
