#include "CHTTPServer.h"
int chs_placeholder(void) { return 0; }
