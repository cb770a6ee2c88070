/* Counts the basic blocks that run. The compiler calls the first function at the start of each block of the Rust code. It is in C,
 * because a Rust function would call itself. */

static unsigned long long work;

void __sanitizer_cov_trace_pc(void)
{
    /* Threads may lose counts of each other, which is cheaper than a lock. */
    __atomic_store_n(&work, __atomic_load_n(&work, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

unsigned long long work_so_far(void)
{
    return __atomic_load_n(&work, __ATOMIC_RELAXED);
}
