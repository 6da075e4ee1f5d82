/*
 * Preloaded (LD_PRELOAD) into a server, makes each fsync and fdatasync take SLOWSYNC_MS milliseconds longer, as on a
 * disk without a fast write cache. It delays each call on its own: it does not make a device serialise its flushes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static void wait_longer(void) {
  const char *text = getenv("SLOWSYNC_MS");
  double ms = text ? atof(text) : 0;
  if (ms <= 0) return;
  struct timespec left = {(time_t)(ms / 1e3), (long)((ms - 1e3 * (double)(long)(ms / 1e3)) * 1e6)};
  while (nanosleep(&left, &left) && errno == EINTR) {
  }
}

int fsync(int fd) {
  static sync_call real;
  if (!real) real = (sync_call)dlsym(RTLD_NEXT, "fsync");
  wait_longer();
  return real(fd);
}

int fdatasync(int fd) {
  static sync_call real;
  if (!real) real = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
  wait_longer();
  return real(fd);
}
