/* Sends ticker updates to a gateway's socket feed at an exact rate: publish PORT RATE SECONDS SYMBOLS
 *
 * The lines are those of the feed topic, the same prices and spacing as the rig's own publisher sends to its ceilings;
 * "time" is the moment of sending, in microseconds, so that a client can tell how late an update is. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void sleep_until(uint64_t when) {
  struct timespec t = {.tv_sec = when / 1000000000ull, .tv_nsec = when % 1000000000ull};
  clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
}

int main(int count, char **args) {
  if (count != 5) {
    fprintf(stderr, "publish PORT RATE SECONDS SYMBOLS\n");
    return 2;
  }
  double rate = atof(args[2]);
  int symbols = atoi(args[4]);
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(args[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (void *)&to, sizeof to)) {
    perror("publish");
    return 1;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  uint64_t start = now(), end = start + atoi(args[3]) * 1000000000ull, sent = 0;
  unsigned random = 12345;
  char line[256];
  for (uint64_t due; (due = start + (uint64_t)(sent * 1e9 / rate)) < end; sent++) {
    if (due > now()) sleep_until(due);
    random = random * 1103515245 + 12345;
    int symbol = (random >> 8) % symbols;
    double price = 60000 + (random >> 16) % 1000 / 10.0;
    int length = sprintf(line,
                         "{\"type\":\"ticker\",\"symbol\":\"SYM%04d\",\"time\":%lu,\"bid\":\"%.2f\",\"bidSize\":\"%.5f\","
                         "\"ask\":\"%.2f\",\"askSize\":\"%.5f\",\"last\":\"%.2f\"}\n",
                         symbol, now() / 1000, price, random % 9999 / 1000.0, price + 0.1, (random >> 4) % 9999 / 1000.0, price);
    for (int done = 0; done < length;) {
      int n = write(fd, line + done, length - done);
      if (n <= 0) {
        perror("publish");
        return 1;
      }
      done += n;
    }
  }
  fprintf(stderr, "published %lu in %.2f s\n", sent, (now() - start) / 1e9);
  return 0;
}
