/*
 * The reference of Ferry's streams: minimal transfers of a file over loopback.
 *
 *   raw sendfile FILE          listens, prints its port; sends FILE once to each connection with sendfile(2)
 *   raw receive PORT           connects, receives all bytes into one buffer, prints bytes and nanoseconds
 *   raw store FILE             listens, prints its port; receives each connection into FILE with recv + pwrite
 *   raw send PORT BYTES        connects, sends BYTES from one buffer, waits for the end, prints bytes and nanoseconds
 *   raw fetch PORT FILE HOW    connects, receives all bytes into a new FILE and flushes it; HOW is pwrite (recv + pwrite)
 *                              or splice (through a pipe); prints bytes and nanoseconds
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// The size of a write in fetch; docs/performance.md has the reason.
enum { BUFFER_BYTES = 1 << 20, WRITE_BYTES = 256 << 10 };
static char buffer[BUFFER_BYTES];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int listen_anywhere(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 8)) die("listen");
  getsockname(fd, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in address = loopback(port);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void serve_sendfile(const char *path) {
  int listener = listen_anywhere(), file = open(path, O_RDONLY);
  struct stat info;
  if (file < 0 || fstat(file, &info)) die(path);
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) die("accept");
    for (off_t at = 0; at < info.st_size;)
      if (sendfile(fd, file, &at, BUFFER_BYTES) <= 0) break;
    close(fd);
  }
}

static void serve_store(const char *path) {
  int listener = listen_anywhere();
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || file < 0) die(path);
    ssize_t got;
    for (off_t at = 0; (got = recv(fd, buffer, sizeof buffer, MSG_WAITALL)) > 0; at += got)
      if (pwrite(file, buffer, got, at) != got) die("pwrite");
    close(file);
    if (send(fd, "", 1, 0) != 1) perror("send");
    close(fd);
  }
}

static void receive(int port) {
  long long start = now(), bytes = 0;
  int fd = connect_to(port);
  for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) bytes += got;
  printf("%lld %lld\n", bytes, now() - start);
}

static void transmit(int port, long long bytes) {
  long long start = now();
  int fd = connect_to(port);
  memset(buffer, 7, sizeof buffer);
  for (long long left = bytes; left > 0;) {
    ssize_t put = send(fd, buffer, left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES, 0);
    if (put <= 0) die("send");
    left -= put;
  }
  shutdown(fd, SHUT_WR);
  if (recv(fd, buffer, 1, 0) != 1) die("recv");
  printf("%lld %lld\n", bytes, now() - start);
}

static long long by_pwrite(int fd, int file) {
  ssize_t got;
  off_t at = 0;
  for (; (got = recv(fd, buffer, WRITE_BYTES, MSG_WAITALL)) > 0; at += got)
    if (pwrite(file, buffer, got, at) != got) die("pwrite");
  if (got < 0) die("recv");
  return at;
}

static long long by_splice(int fd, int file) {
  int ends[2];
  if (pipe(ends) || fcntl(ends[1], F_SETPIPE_SZ, BUFFER_BYTES) < 0) die("pipe");
  ssize_t got;
  loff_t at = 0;
  while ((got = splice(fd, NULL, ends[1], NULL, BUFFER_BYTES, SPLICE_F_MOVE | SPLICE_F_MORE)) > 0)
    for (ssize_t put; got > 0; got -= put)
      if ((put = splice(ends[0], NULL, file, &at, got, SPLICE_F_MOVE | SPLICE_F_MORE)) <= 0) die("splice to the file");
  if (got < 0) die("splice from the socket");
  return at;
}

static void fetch(int port, const char *path, int splicing) {
  long long start = now();
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (file < 0) die(path);
  int fd = connect_to(port);
  long long bytes = splicing ? by_splice(fd, file) : by_pwrite(fd, file);
  if (fsync(file)) die("fsync");
  close(file);
  printf("%lld %lld\n", bytes, now() - start);
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "sendfile")) serve_sendfile(argv[2]);
  else if (argc == 3 && !strcmp(argv[1], "store")) serve_store(argv[2]);
  else if (argc == 3 && !strcmp(argv[1], "receive")) receive(atoi(argv[2]));
  else if (argc == 4 && !strcmp(argv[1], "send")) transmit(atoi(argv[2]), atoll(argv[3]));
  else if (argc == 5 && !strcmp(argv[1], "fetch") && !strcmp(argv[4], "pwrite")) fetch(atoi(argv[2]), argv[3], 0);
  else if (argc == 5 && !strcmp(argv[1], "fetch") && !strcmp(argv[4], "splice")) fetch(atoi(argv[2]), argv[3], 1);
  else return fprintf(stderr, "usage: raw sendfile FILE | receive PORT | store FILE | send PORT BYTES | fetch PORT FILE pwrite|splice\n"), 2;
  return 0;
}
