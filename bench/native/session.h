/*
 * One SMTP session of blast, as a state machine over epoll, and the run that all sessions share. A session takes the
 * next message as soon as it has the reply to the last one.
 */
#include "messages.h"

#include <sys/uio.h>

enum { SESSIONS_MAX = 1000, LINE_MAX_OCTETS = 4096, PIECES_MAX = 2 * MARKS_MAX + 2, FAILURES_MAX = 100 };

enum state { CONNECTING, GREETED, READY, ENVELOPE, CONTENT, QUITTING, CLOSED };

struct session {
  int fd;
  enum state state;
  int pipelining, replies_due, recipients_sent;
  const struct message *message;
  char id[MARK_LEN + 1];
  char in[LINE_MAX_OCTETS];
  size_t in_length;
  char out[RECIPIENTS_MAX * 300 + 600]; /* commands not yet sent */
  size_t out_length;
  struct iovec pieces[PIECES_MAX]; /* content not yet sent */
  int piece, piece_count;
  double mail_sent, content_sent;
  int watching_out, connection;
};

struct run {
  const struct message *messages;
  int message_count, port, recipients, new_connections, poller;
  unsigned seed;
  long limit;         /* messages */
  double begin_until; /* no message is begun later */
  int live;           /* sessions that have not ended */
  long begun, accepted, failed;
  long long octets;
  double last_reply;
  float *transaction_ms, *data_ms; /* of the accepted, room for `limit` */
  char first_error[300];
};
extern struct run run;

double now(void);
void note_error(const char *text);
void open_session(struct session *s);
/* The socket can be read, or written again. */
void on_ready(struct session *s);
