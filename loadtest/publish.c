/* Sends ticker updates to a gateway's socket feed at an exact rate: publish PORT RATE SECONDS SYMBOLS [centrifugo]
 *
 * The lines are those of the feed topic, the same prices and spacing as the rig's own publisher sends to its ceilings;
 * "time" is the moment of sending, in microseconds, so that a client can tell how late an update is. With `centrifugo` they go
 * to its HTTP API instead, on one connection, with what the ceilings are sent as the data. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int record(char *line, int symbol, double price, unsigned random) {
  return sprintf(line,
                 "{\"type\":\"ticker\",\"symbol\":\"SYM%04d\",\"time\":%lu,\"bid\":\"%.2f\",\"bidSize\":\"%.5f\","
                 "\"ask\":\"%.2f\",\"askSize\":\"%.5f\",\"last\":\"%.2f\"}\n",
                 symbol, now() / 1000, price, random % 9999 / 1000.0, price + 0.1, (random >> 4) % 9999 / 1000.0, price);
}

static int publication(char *request, int symbol, double price, unsigned random, uint64_t number) {
  char body[512];
  int length = sprintf(body,
                       "{\"channel\":\"SYM%04d\",\"data\":{\"e\":\"bookTicker\",\"s\":\"SYM%04d\",\"u\":%lu,\"b\":\"%.2f\",\"B\":\"%.5f\","
                       "\"a\":\"%.2f\",\"A\":\"%.5f\",\"T\":%019lu}}",
                       symbol, symbol, 1000000000ul + number, price, random % 9999 / 1000.0, price + 0.1, (random >> 4) % 9999 / 1000.0, now());
  return sprintf(request,
                 "POST /api/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body);
}

int main(int count, char **args) {
  int centrifugo = count == 6 && !strcmp(args[5], "centrifugo");
  if (count != 5 && !centrifugo) {
    fprintf(stderr, "publish PORT RATE SECONDS SYMBOLS [centrifugo]\n");
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
  char line[1024], answers[65536];
  for (uint64_t due; (due = start + (uint64_t)(sent * 1e9 / rate)) < end; sent++) {
    if (due > now()) sleep_until(due);
    random = random * 1103515245 + 12345;
    int symbol = (random >> 8) % symbols;
    double price = 60000 + (random >> 16) % 1000 / 10.0;
    int length = centrifugo ? publication(line, symbol, price, random, sent) : record(line, symbol, price, random);
    for (int done = 0; done < length;) {
      int n = write(fd, line + done, length - done);
      if (n <= 0) {
        perror("publish");
        return 1;
      }
      done += n;
    }
    while (centrifugo && recv(fd, answers, sizeof answers, MSG_DONTWAIT) > 0);
  }
  fprintf(stderr, "published %lu in %.2f s\n", sent, (now() - start) / 1e9);
  return 0;
}
