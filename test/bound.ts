/** An engine whose methods can be spread, for tests that change one of them. */
import type { Engine } from '../src/store/engine.ts'

export const boundTo = (engine: Engine): Engine => ({
  kind: engine.kind,
  all: (sql, params) => engine.all(sql, params),
  contents: (sql, params) => engine.contents(sql, params),
  transaction: (work, access) => engine.transaction(work, access),
  commit: (prepare) => engine.commit(prepare),
  [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
})
