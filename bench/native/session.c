/* SMTP sessions of blast: see session.h. */
#define _GNU_SOURCE
#include "session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void note_error(const char *text) {
  if (!run.first_error[0]) snprintf(run.first_error, sizeof run.first_error, "%.280s", text);
}

static void say(struct session *s, const char *text) {
  size_t n = strlen(text);
  if (s->out_length + n > sizeof s->out) die("command buffer");
  memcpy(s->out + s->out_length, text, n);
  s->out_length += n;
}

static void sayf(struct session *s, const char *format, const char *value) {
  char line[400];
  snprintf(line, sizeof line, format, value);
  say(s, line);
}

static void watch(struct session *s, int out) {
  if (s->watching_out == out) return;
  struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = s};
  if (epoll_ctl(run.poller, EPOLL_CTL_MOD, s->fd, &event)) die("epoll_ctl");
  s->watching_out = out;
}

void open_session(struct session *s) {
  s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (s->fd < 0) die("socket");
  int on = 1;
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)run.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(s->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) die("connect");
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
  if (epoll_ctl(run.poller, EPOLL_CTL_ADD, s->fd, &event)) die("epoll_ctl");
  s->connection++;
  s->state = CONNECTING;
  s->in_length = s->out_length = 0;
  s->piece = s->piece_count = 0;
  s->watching_out = s->pipelining = 0;
  s->message = NULL;
}

static int more_to_begin(void) { return run.begun < run.limit && run.failed < FAILURES_MAX && now() < run.begin_until; }

static void close_session(struct session *s) {
  close(s->fd);
  if (s->message) {
    run.failed++;
    s->message = NULL;
  }
  if (more_to_begin()) {
    open_session(s);
  } else {
    s->state = CLOSED;
    run.live--;
  }
}

static void quit(struct session *s) {
  s->state = QUITTING;
  say(s, "QUIT\r\n");
}

static void begin_message(struct session *s) {
  if (!more_to_begin()) {
    quit(s);
    return;
  }
  const struct message *m = &run.messages[run.begun % run.message_count];
  /* 20 characters: the seed of the run, then a number spread over the whole width so that ids share no long prefix */
  uint64_t spread = ((uint64_t)run.begun + 1) * 0x9E3779B97F4A7C15ull;
  snprintf(s->id, sizeof s->id, "%04x%016llx", run.seed & 0xffff, (unsigned long long)spread);
  run.begun++;
  s->message = m;
  s->state = ENVELOPE;
  s->recipients_sent = run.recipients < m->recipient_count ? run.recipients : m->recipient_count;
  s->replies_due = s->recipients_sent + 2;
  s->mail_sent = now();
  sayf(s, "MAIL FROM:<%s>\r\n", m->sender);
  if (!s->pipelining) return;
  for (int i = 0; i < s->recipients_sent; i++) sayf(s, "RCPT TO:<%s>\r\n", m->recipients[i]);
  say(s, "DATA\r\n");
}

static void begin_content(struct session *s) {
  static char dot[] = ".\r\n";
  const struct message *m = s->message;
  size_t from = 0;
  int n = 0;
  for (int i = 0; i < m->mark_count; i++) {
    s->pieces[n++] = (struct iovec){(char *)m->content + from, m->marks[i] - from};
    s->pieces[n++] = (struct iovec){s->id, MARK_LEN};
    from = m->marks[i] + MARK_LEN;
  }
  s->pieces[n++] = (struct iovec){(char *)m->content + from, m->length - from};
  s->pieces[n++] = (struct iovec){dot, 3};
  s->piece = 0;
  s->piece_count = n;
  s->state = CONTENT;
}

/* Replies to commands already sent may still come: only a new connection is in step again. */
static void unexpected(struct session *s, const char *line) {
  note_error(line);
  if (!s->message) run.failed++;
  close_session(s);
}

/* The next command of an envelope when the server does not pipeline. */
static void next_command(struct session *s) {
  int sent = s->recipients_sent + 2 - s->replies_due; /* replies had so far */
  if (sent <= s->recipients_sent) sayf(s, "RCPT TO:<%s>\r\n", s->message->recipients[sent - 1]);
  else say(s, "DATA\r\n");
}

static void on_reply(struct session *s, const char *line) {
  int code = atoi(line);
  switch (s->state) {
    case CONNECTING:
      if (code != 220) return unexpected(s, line);
      s->state = GREETED;
      say(s, "EHLO blast.bench.example\r\n");
      return;
    case GREETED:
      if (code != 250) return unexpected(s, line);
      begin_message(s);
      return;
    case ENVELOPE:
      s->replies_due--;
      if (s->replies_due == 0) {
        if (code != 354) return unexpected(s, line);
        begin_content(s);
      } else {
        if (code != 250) return unexpected(s, line);
        if (!s->pipelining) next_command(s);
      }
      return;
    case CONTENT: {
      if (code != 250) return unexpected(s, line);
      run.last_reply = now();
      run.transaction_ms[run.accepted] = (float)((run.last_reply - s->mail_sent) * 1e3);
      run.data_ms[run.accepted] = (float)((run.last_reply - s->content_sent) * 1e3);
      run.accepted++;
      run.octets += (long long)s->message->length;
      s->message = NULL;
      if (run.new_connections) quit(s);
      else begin_message(s);
      return;
    }
    case QUITTING:
      if (code == 221) close_session(s); /* replies to commands already under way are passed over */
      return;
    default:
      return;
  }
}

static int send_all(struct session *s) {
  while (s->out_length || s->piece < s->piece_count) {
    struct iovec commands = {s->out, s->out_length};
    struct msghdr header = {0};
    if (s->out_length) {
      header.msg_iov = &commands;
      header.msg_iovlen = 1;
    } else {
      header.msg_iov = &s->pieces[s->piece];
      header.msg_iovlen = (size_t)(s->piece_count - s->piece);
    }
    ssize_t n = sendmsg(s->fd, &header, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN || errno == ENOTCONN) return watch(s, 1), 0;
      return -1;
    }
    if (s->out_length) {
      memmove(s->out, s->out + n, s->out_length - (size_t)n);
      s->out_length -= (size_t)n;
      continue;
    }
    while (n > 0 && (size_t)n >= s->pieces[s->piece].iov_len) n -= (ssize_t)s->pieces[s->piece++].iov_len;
    if (n > 0) {
      s->pieces[s->piece].iov_base = (char *)s->pieces[s->piece].iov_base + n;
      s->pieces[s->piece].iov_len -= (size_t)n;
    }
    if (s->piece == s->piece_count) s->content_sent = now();
  }
  watch(s, 0);
  return 0;
}

void on_ready(struct session *s) {
  ssize_t n = recv(s->fd, s->in + s->in_length, sizeof s->in - s->in_length, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN)) {
    if (s->state != QUITTING) note_error(n == 0 ? "connection closed by the server" : strerror(errno));
    return close_session(s);
  }
  if (n > 0) s->in_length += (size_t)n;
  size_t at = 0;
  for (char *end; (end = memchr(s->in + at, '\n', s->in_length - at));) {
    *end = 0;
    char *line = s->in + at;
    at = (size_t)(end - s->in) + 1;
    if (s->state == GREETED && strcasestr(line, "PIPELINING")) s->pipelining = 1;
    int connection = s->connection;
    if (strlen(line) < 4 || line[3] != '-') on_reply(s, line);
    if (s->state == CLOSED || s->connection != connection) return;
  }
  memmove(s->in, s->in + at, s->in_length - at);
  s->in_length -= at;
  if (s->in_length == sizeof s->in) {
    note_error("reply line too long");
    return close_session(s);
  }
  if (send_all(s)) {
    note_error(strerror(errno));
    close_session(s);
  }
}

