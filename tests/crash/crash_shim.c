// An LD_PRELOAD library that ends the process at the k-th call that could matter to what is on disk or on the wire:
// write, fsync, fdatasync, link, rename, unlink, mkdir, send. The call itself is not made: whatever the process had
// planned after the one before it never happens, as when it is killed there.
//
//   PIXGRAPH_CRASH_AT=k          end before the k-th such call (SIGKILL: no handler, no destructor, no flush)
//   PIXGRAPH_CRASH_COUNT=FILE    write how many such calls there were when the process ends by itself
//
// Calls on standard output and error are not counted: they change nothing that is kept.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static void step(void) {
  static long crash_at = -1;
  if (crash_at < 0) {
    const char* at = getenv("PIXGRAPH_CRASH_AT");
    crash_at = at ? atol(at) : 0;
  }
  if (atomic_fetch_add(&calls, 1) + 1 == crash_at) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
}

__attribute__((destructor)) static void report(void) {
  const char* path = getenv("PIXGRAPH_CRASH_COUNT");
  if (!path) return;
  FILE* file = fopen(path, "w");
  if (!file) return;
  fprintf(file, "%ld\n", (long)atomic_load(&calls));
  fclose(file);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void* bytes, size_t count) {
  if (fd > 2) step();
  return REAL(write)(fd, bytes, count);
}
int fsync(int fd) {
  step();
  return REAL(fsync)(fd);
}
int fdatasync(int fd) {
  step();
  return REAL(fdatasync)(fd);
}
int link(const char* from, const char* to) {
  step();
  return REAL(link)(from, to);
}
int rename(const char* from, const char* to) {
  step();
  return REAL(rename)(from, to);
}
int unlink(const char* path) {
  step();
  return REAL(unlink)(path);
}
int mkdir(const char* path, mode_t mode) {
  step();
  return REAL(mkdir)(path, mode);
}
ssize_t send(int fd, const void* bytes, size_t count, int flags) {
  step();
  return REAL(send)(fd, bytes, count, flags);
}
ssize_t sendto(int fd, const void* bytes, size_t count, int flags, const struct sockaddr* to, socklen_t length) {
  step();
  return REAL(sendto)(fd, bytes, count, flags, to, length);
}
ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  step();
  return REAL(sendmsg)(fd, message, flags);
}
