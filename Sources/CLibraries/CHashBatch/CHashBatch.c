// Each thread keeps a manager of the library: making one takes as long as hashing 500 lines.

#include "include/CHashBatch.h"

#if defined(__x86_64__)

#define NO_COMPAT_IMB_API_053
#include <intel-ipsec-mb.h>
#include <pthread.h>

static pthread_key_t key;
static bool has_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void destroy(void *manager) { free_mb_mgr(manager); }

static void create_key(void) { has_key = pthread_key_create(&key, destroy) == 0; }

static IMB_MGR *manager_of_thread(void) {
  pthread_once(&once, create_key);
  if (!has_key) return NULL;
  IMB_MGR *manager = pthread_getspecific(key);
  if (manager != NULL) return manager;
  manager = alloc_mb_mgr(0);
  if (manager == NULL) return NULL;
  // Two lanes of the processor's own SHA instructions are faster than sixteen of AVX-512, which lines of
  // different lengths leave half empty.
  if (manager->features & IMB_FEATURE_SHANI) {
    init_mb_mgr_sse(manager);
  } else {
    init_mb_mgr_auto(manager, NULL);
  }
  if (imb_get_errno(manager) != 0 || pthread_setspecific(key, manager) != 0) {
    free_mb_mgr(manager);
    return NULL;
  }
  return manager;
}

bool hash_batch_sha256(
    const void *bytes, const intptr_t *lengths, size_t count, void *digests) {
  IMB_MGR *manager = manager_of_thread();
  if (manager == NULL) return false;
  const uint8_t *message = bytes;
  size_t done = 0;
  for (size_t index = 0; index < count; index++) {
    IMB_JOB *job = IMB_GET_NEXT_JOB(manager);
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_SHA_256;
    job->src = message;
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = lengths[index];
    job->auth_tag_output = (uint8_t *)digests + 32 * index;
    job->auth_tag_output_len_in_bytes = 32;
    message += lengths[index];
    for (job = IMB_SUBMIT_JOB(manager); job != NULL; job = IMB_GET_COMPLETED_JOB(manager)) {
      done += job->status == IMB_STATUS_COMPLETED;
    }
  }
  for (IMB_JOB *job; (job = IMB_FLUSH_JOB(manager)) != NULL;) {
    done += job->status == IMB_STATUS_COMPLETED;
  }
  return done == count;
}

#else

bool hash_batch_sha256(
    const void *bytes, const intptr_t *lengths, size_t count, void *digests) {
  (void)bytes, (void)lengths, (void)count, (void)digests;
  return false;
}

#endif
