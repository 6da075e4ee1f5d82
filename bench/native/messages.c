/* Reading the file of messages: see messages.h. */
#define _GNU_SOURCE
#include "messages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct message *load_messages(const char *path, int *count) {
  struct message *messages = NULL;
  int message_count = 0;
  int fd = open(path, O_RDONLY);
  struct stat st;
  if (fd < 0 || fstat(fd, &st)) die(path);
  char *file = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  if (file == MAP_FAILED) die("mmap");
  char *at = file, *end = file + st.st_size;
  int room = 0;
  while (at < end) {
    char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end) break;
    *line_end = 0;
    if (message_count == room) {
      room = room ? 2 * room : 256;
      messages = realloc(messages, (size_t)room * sizeof *messages);
      if (!messages) die("realloc");
    }
    struct message *m = &messages[message_count];
    memset(m, 0, sizeof *m);
    char *rest = NULL;
    m->sender = strtok_r(at, " ", &rest);
    char *length = strtok_r(NULL, " ", &rest), *list = strtok_r(NULL, " ", &rest);
    if (!m->sender || !length || !list) break;
    m->length = strtoul(length, NULL, 10);
    m->content = line_end + 1;
    if (m->length > (size_t)(end - m->content)) break;
    char *next = NULL;
    for (char *r = strtok_r(list, ",", &next); r && m->recipient_count < RECIPIENTS_MAX; r = strtok_r(NULL, ",", &next))
      m->recipients[m->recipient_count++] = r;
    const char *from = m->content, *stop = m->content + m->length, *found;
    while (m->mark_count < MARKS_MAX && (found = memmem(from, (size_t)(stop - from), MARK, MARK_LEN))) {
      m->marks[m->mark_count++] = (size_t)(found - m->content);
      from = found + MARK_LEN;
    }
    message_count++;
    at = (char *)m->content + m->length;
  }
  if (at != end || !message_count) {
    fprintf(stderr, "%s: record %d is damaged\n", path, message_count + 1);
    exit(2);
  }
  *count = message_count;
  return messages;
}
