#include "include/CJemalloc.h"

// Two arenas are enough for the two threads that allocate much, and what they leave unused goes back to
// the system after a second: a service with a thousand tenants is smaller by it, and no slower.
const char *malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
