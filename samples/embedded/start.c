/* start.c: memory before main, and how much of the stack was used. */

#include "board.h"

#include <stdint.h>

#define PAINT UINT32_C(0x5afe57ac)

/* sections.ld says where these are. */
extern uint32_t stack_start[], stack_end[], data_start[], data_end[], bss_start[], bss_end[];
extern const uint32_t data_load[];

int main(void);

void start(void) {
  uint32_t *const own = (uint32_t *)__builtin_frame_address(0) - 16; /* what start itself uses of the stack */
  for (uint32_t *word = stack_start; word < own; ++word) *word = PAINT;
  for (size_t i = 0; i < (size_t)(data_end - data_start); ++i) data_start[i] = data_load[i];
  for (uint32_t *word = bss_start; word < bss_end; ++word) *word = 0;
  board_exit(main());
}

size_t board_stack_used(void) {
  const uint32_t *word = stack_start;
  while (word < stack_end && *word == PAINT) ++word;
  return (size_t)((const char *)stack_end - (const char *)word);
}
