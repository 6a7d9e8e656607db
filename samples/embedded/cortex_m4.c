/* cortex_m4.c: a Cortex-M4F whose host is reached by semihosting: a debugger, or QEMU. */

#include "board.h"

#include <stdint.h>
#include <string.h>

enum { SYS_OPEN = 1, SYS_WRITE0 = 4, SYS_WRITE = 5, SYS_READ = 6, SYS_EXIT_EXTENDED = 0x20 };

extern const uint32_t stack_end[];

void reset(void);

void reset(void) {
  *(volatile uint32_t *)0xe000ed88 |= UINT32_C(0xf) << 20; /* CPACR: the floating-point unit is on */
  __asm__ volatile("dsb\n isb" ::: "memory");
  start();
}

__attribute__((used)) static void report_fault(void) {
  board_print("fault\n");
  board_exit(3);
}

/* The stack may be what is at fault: it begins anew. */
__attribute__((naked)) static void fault(void) { __asm__("ldr sp, =stack_end\n b report_fault"); }

/* The first words of flash: where the stack begins, and what runs after reset and after each kind of fault. */
__attribute__((section(".vectors"), used)) static const struct {
  const void *stack;
  void (*handlers[6])(void);
} vectors = {stack_end, {reset, fault, fault, fault, fault, fault}};

static int semihost(int operation, const void *arguments) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

int board_open(const char *path, int writes) {
  const struct {
    const char *path;
    int mode; /* of fopen: 1 is "rb", 5 is "wb" */
    size_t length;
  } arguments = {path, writes ? 5 : 1, strlen(path)};
  return semihost(SYS_OPEN, &arguments);
}

static size_t transferred(int operation, int file, const void *data, size_t bytes) {
  const struct {
    int file;
    const void *data;
    size_t bytes;
  } arguments = {file, data, bytes};
  return bytes - (size_t)semihost(operation, &arguments);
}

size_t board_read(int file, void *to, size_t bytes) { return transferred(SYS_READ, file, to, bytes); }

void board_write(int file, const void *from, size_t bytes) { transferred(SYS_WRITE, file, from, bytes); }

void board_print(const char *text) { semihost(SYS_WRITE0, text); }

void board_exit(int status) {
  const int arguments[] = {0x20026, status}; /* the application exits */
  for (;;) semihost(SYS_EXIT_EXTENDED, arguments);
}
