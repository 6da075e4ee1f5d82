/** An SMTP reply: basic code (RFC 5321 §4.2), enhanced status (RFC 3463), text of one or more lines. */
export interface Reply {
  code: number
  /** `2.6.0`; '' where the server gave none. */
  status: string
  text: string
}

export const isPositive = (reply: Reply): boolean => reply.code >= 200 && reply.code < 400
export const isPermanent = (reply: Reply): boolean => reply.code >= 500

/** `250 2.6.0 text`, for logs and people. */
export const replyLine = (reply: Reply): string =>
  [String(reply.code), reply.status, reply.text].filter((word) => word !== '').join(' ')
