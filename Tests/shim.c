/* Between `compare` and the system, for Tests/disturbances.py: locks that a file system lacks, clocks that jump. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* What flock leaves in errno, by the environment. */
int flock(int file, int operation) {
  static int (*real)(int, int);
  const char *reason = getenv("SHIM_LOCK");
  if (!real) real = dlsym(RTLD_NEXT, "flock");
  if (!reason) return real(file, operation);
  errno = atoi(reason);
  return -1;
}

/* How far the clocks are off now, in seconds: what a file says that someone changes. */
static long offset(void) {
  char text[32] = {0};
  const char *path = getenv("SHIM_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
  close(file);
  return atol(text);
}

/* Which clocks are off: those that a person sets, or also those that only go on, as after a machine has slept. */
int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  int is_set = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  int goes_on = clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME || clock == CLOCK_MONOTONIC_RAW;
  if (is_set || (goes_on && getenv("SHIM_ALL_CLOCKS"))) now->tv_sec += offset();
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec exact;
  (void)zone;
  int result = clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return result;
}

time_t time(time_t *out) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (out) *out = exact.tv_sec;
  return exact.tv_sec;
}
