/**
 * The OpenAPI 3.1 document of the REST API, made from the route table: what is published is what is checked. Built once,
 * at the first request for it.
 */
import { OpenAPIHono } from '@hono/zod-openapi'
import { rolesWith } from '../access/roles.ts'
import type { Route } from '../api/route.ts'
import { routes } from '../api/routes.ts'
import { problem } from '../api/schemas.ts'
import { bodyLimitBytes, jsonDepthLimit } from './body.ts'

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

export function openApiDocument(version: string): OpenApiDocument {
  const { openAPIRegistry, getOpenAPI31Document } = new OpenAPIHono()
  openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: lzk_ and 43 characters.',
  })
  openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-lazaret',
    description: 'A session, after POST /api/v1/session.',
  })
  for (const [name, route] of Object.entries<Route>(routes)) openAPIRegistry.registerPath(pathOf(name, route))
  return getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Lazaret',
      version,
      description: `The mail quarantine. Errors are application/problem+json (RFC 9457) with a remedy. Request bodies are JSON of at most ${bodyLimitBytes} bytes and ${jsonDepthLimit} levels; unknown members and query parameters are refused. Strings that come from mail are hostile: show them as text.`,
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values<Route>(routes).map(tagOf))].map((name) => ({ name })),
  })
}

type PathConfig = Parameters<OpenAPIHono['openAPIRegistry']['registerPath']>[0]

function pathOf(name: string, route: Route): PathConfig {
  const { method, path, summary, params, query, body, answer, status, mediaType } = route
  const content = answer
    ? { 'application/json': { schema: answer } }
    : mediaType
      ? { [mediaType]: { schema: { type: 'string' as const, format: 'binary' } } }
      : undefined
  return {
    method,
    path,
    operationId: name,
    tags: [tagOf(route)],
    summary,
    description: [route.description, whoMay(route)].filter((text) => text).join(' '),
    security: route.permission === 'anyone' ? [] : [{ key: [] }, { session: [] }],
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    },
    responses: {
      [status]: {
        description: answer || mediaType ? 'Done' : 'Done; no content',
        ...(content ? { content } : {}),
      },
      default: {
        description: 'An error',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  }
}

const tagOf = ({ path }: Route): string => path.split('/')[3] ?? ''

const whoMay = ({ permission }: Route): string =>
  permission === 'anyone' ? 'Anyone may.' : `Roles: ${rolesWith(permission).join(', ')}.`
