/*
 * The messages that blast sends, mapped from a file (bench/messages.ts): records of a line
 * `SENDER OCTETS RECIPIENT,RECIPIENT...` and that many octets of message, CRLF line ends, dot-stuffed, without the final
 * dot. MARK stands wherever each sending is to differ.
 */
#include <stddef.h>

#define MARK "QQZZuniqueZZmarkQQ00"
enum { MARK_LEN = sizeof MARK - 1, MARKS_MAX = 16, RECIPIENTS_MAX = 100 };

struct message {
  const char *sender, *content;
  size_t length, marks[MARKS_MAX];
  int mark_count, recipient_count;
  const char *recipients[RECIPIENTS_MAX];
};

/* Ends the program with a line on standard error when the file cannot be read or is damaged. */
struct message *load_messages(const char *path, int *count);
void die(const char *what);
