/* riscv64.c: a 64-bit RISC-V whose host is reached by system calls of Linux, as in qemu-riscv64. */

#include "board.h"

#include <stdint.h>
#include <string.h>

enum { OPENAT = 56, READ = 63, WRITE = 64, EXIT = 93 };
enum { AT_FDCWD = -100, TO_WRITE_ANEW = 01 | 0100 | 01000 };

__asm__(
    ".globl reset\n"
    "reset:\n"
    "  la sp, stack_end\n"
    "  la tp, thread_start\n" /* where the C library has errno */
    "  j start\n");

/* Debian's C library checks its own stack frames by these; its own definitions would bring all of it along. */
extern const uintptr_t __stack_chk_guard;
const uintptr_t __stack_chk_guard = (uintptr_t)0x5afe57ac00ff0d0a;

void __stack_chk_fail(void);

void __stack_chk_fail(void) {
  board_print("stack frame overwritten\n");
  board_exit(3);
}

static long call(long number, long a, long b, long c, long d) {
  register long a0 __asm__("a0") = a, a1 __asm__("a1") = b, a2 __asm__("a2") = c, a3 __asm__("a3") = d;
  register long a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a7) : "memory");
  return a0;
}

int board_open(const char *path, int writes) {
  return (int)call(OPENAT, AT_FDCWD, (long)path, writes ? TO_WRITE_ANEW : 0, 0666);
}

size_t board_read(int file, void *to, size_t bytes) {
  const long count = call(READ, file, (long)to, (long)bytes, 0);
  return count < 0 ? 0 : (size_t)count;
}

void board_write(int file, const void *from, size_t bytes) { call(WRITE, file, (long)from, (long)bytes, 0); }

void board_print(const char *text) { board_write(1, text, strlen(text)); }

void board_exit(int status) {
  for (;;) call(EXIT, status, 0, 0, 0);
}
