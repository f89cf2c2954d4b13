// Debian's library has the hook, and its header shows it on request.
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include <sqlite3.h>
