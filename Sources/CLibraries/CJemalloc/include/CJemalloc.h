// How the service's allocator is set up (jemalloc(3), TUNING).

#pragma once

extern const char *malloc_conf;
