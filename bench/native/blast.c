/*
 * blast: sends mail over SMTP to a port of the loopback as fast as the server takes it, and says how fast that was.
 * One thread, epoll, bounded in messages and in time. Sessions are kept; MAIL, RCPT and DATA travel in one write where
 * the server offers PIPELINING (RFC 2920). Contents are sent straight from the mapped file (sendmsg), so that the
 * generator takes little of the machine. Any reply that is not the expected one counts as a failure, is reported, and
 * costs the session its connection.
 *
 *   blast -p PORT -f FILE [-c SESSIONS] [-n MESSAGES] [-s SECONDS] [-r RECIPIENTS] [-u SEED] [-1]
 *
 *   -s  no new message is begun after so many seconds; what is under way is finished (within 30 s)
 *   -1  a new connection for each message
 *
 * FILE: see messages.h. Each MARK in it is replaced by an id that no other message has.
 * Prints one line of JSON; latencies in ms: `transaction` MAIL sent to final reply, `data` last octet sent to final reply.
 */
#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FINISH_SECONDS = 30 };

struct run run = {.recipients = 1, .seed = 1, .limit = 1000};
static double started;
static int sessions_wanted = 1;

void die(const char *what) {
  perror(what);
  exit(2);
}

static int by_size(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void print_latency(const char *name, float *values, long n) {
  if (!n) {
    printf("\"%s\":null,", name);
    return;
  }
  qsort(values, (size_t)n, sizeof *values, by_size);
  printf("\"%s\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f},", name, values[n / 2], values[n * 95 / 100],
         values[n * 99 / 100], values[n - 1]);
}

static void report(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  double seconds = (run.accepted ? run.last_reply : now()) - started;
  double cpu = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
  printf("{\"accepted\":%ld,\"failed\":%ld,\"seconds\":%.4f,\"rate\":%.2f,\"octets\":%lld,", run.accepted, run.failed, seconds,
         (double)run.accepted / seconds, run.octets);
  print_latency("transaction", run.transaction_ms, run.accepted);
  print_latency("data", run.data_ms, run.accepted);
  printf("\"generatorCpuSeconds\":%.3f,\"error\":\"", cpu);
  for (const char *c = run.first_error; *c; c++)
    if (*c >= ' ' && *c != '"' && *c != '\\') putchar(*c);
  printf("\"}\n");
}

int main(int argc, char **argv) {
  const char *path = NULL;
  double seconds = 60;
  for (int option; (option = getopt(argc, argv, "p:f:c:n:s:r:u:1")) != -1;) {
    switch (option) {
      case 'p': run.port = atoi(optarg); break;
      case 'f': path = optarg; break;
      case 'c': sessions_wanted = atoi(optarg); break;
      case 'n': run.limit = atol(optarg); break;
      case 's': seconds = atof(optarg); break;
      case 'r': run.recipients = atoi(optarg); break;
      case 'u': run.seed = (unsigned)strtoul(optarg, NULL, 10); break;
      case '1': run.new_connections = 1; break;
      default: return 2;
    }
  }
  if (!run.port || !path || sessions_wanted < 1 || sessions_wanted > SESSIONS_MAX || run.limit < 1 || run.recipients < 1) {
    fprintf(stderr, "blast -p PORT -f FILE [-c SESSIONS] [-n MESSAGES] [-s SECONDS] [-r RECIPIENTS] [-u SEED] [-1]\n");
    return 2;
  }
  run.messages = load_messages(path, &run.message_count);
  run.transaction_ms = calloc((size_t)run.limit, sizeof *run.transaction_ms);
  run.data_ms = calloc((size_t)run.limit, sizeof *run.data_ms);
  if (sessions_wanted > run.limit) sessions_wanted = (int)run.limit;
  struct session *sessions = calloc((size_t)sessions_wanted, sizeof *sessions);
  run.poller = epoll_create1(EPOLL_CLOEXEC);
  if (!run.transaction_ms || !run.data_ms || !sessions || run.poller < 0) die("start");
  started = now();
  run.begin_until = started + seconds;
  run.live = sessions_wanted;
  for (int i = 0; i < sessions_wanted; i++) open_session(&sessions[i]);
  struct epoll_event events[64];
  while (run.live > 0 && now() < run.begin_until + FINISH_SECONDS) {
    int n = epoll_wait(run.poller, events, 64, 200);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      struct session *s = events[i].data.ptr;
      if (s->state != CLOSED) on_ready(s);
    }
  }
  for (int i = 0; i < sessions_wanted; i++)
    if (sessions[i].state != CLOSED && sessions[i].message) {
      note_error("no reply in time");
      run.failed++;
    }
  report();
  return run.failed || !run.accepted ? 1 : 0;
}
