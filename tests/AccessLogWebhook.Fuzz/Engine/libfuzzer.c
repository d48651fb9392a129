/* libFuzzer as a library that is called from .NET: its driver is exported by the archive itself, and the counters here are those that SharpFuzz's instrumentation
   adds to. Built by `run`. */
#include <stdint.h>

#define COUNTERS 65536

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[COUNTERS];

__attribute__((visibility("default"))) uint8_t *accesslog_counters(void) { return counters; }
