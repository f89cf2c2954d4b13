// SHA-256 of many short messages, several at a time, by libipsec-mb where there is one (x86-64).

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Hashes messages that lie one behind the other.
///
/// digests: 32 bytes for each message.
/// Answers false, and the digests say nothing, where messages can only be hashed one after the other.
bool hash_batch_sha256(
    const void *bytes, const intptr_t *lengths, size_t count, void *digests);
