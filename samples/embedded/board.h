/* board.h: what a program has of its board. start.c and one file for each board have it. */

#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>

/* Opens a file of the host, to read it or to write it anew. Negative: it cannot be opened. */
int board_open(const char *path, int writes);

/* How many bytes were read; fewer than asked for at the end of the file. */
size_t board_read(int file, void *to, size_t bytes);

void board_write(int file, const void *from, size_t bytes);

/* Prints a text on the host. */
void board_print(const char *text);

/* Ends the program; the host sees the status. */
void board_exit(int status);

/* Bytes of the stack that were in use at once so far. */
size_t board_stack_used(void);

/* Where a board begins: prepares memory, runs main and exits with what it returns. */
void start(void);

#endif /* BOARD_H */
