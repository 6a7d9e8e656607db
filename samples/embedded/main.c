/* main.c: reads images from images.f32, says which digits they are, and writes the scores of each to scores.f32. */

#include "board.h"
#include "digits.h"

enum { SIDE = 8, CLASSES = 10, DRAWN = 2 };

static float image[SIDE * SIDE], scores[CLASSES];

static int best(void) {
  int found = 0;
  for (int digit = 1; digit < CLASSES; ++digit) {
    if (scores[digit] > scores[found]) found = digit;
  }
  return found;
}

static void draw(void) {
  for (int row = 0; row < SIDE; ++row) {
    char line[SIDE + 2];
    for (int column = 0; column < SIDE; ++column) line[column] = " .:*#"[(int)(image[row * SIDE + column] * 4)];
    line[SIDE] = '\n';
    line[SIDE + 1] = 0;
    board_print(line);
  }
}

static void print_number(const char *before, size_t number, const char *after) {
  char digits[12];
  char *first = digits + sizeof digits - 1;
  *first = 0;
  do *--first = (char)('0' + number % 10);
  while (number /= 10);
  board_print(before);
  board_print(first);
  board_print(after);
}

int main(void) {
  const int images = board_open("images.f32", 0), results = board_open("scores.f32", 1);
  size_t count = 0;
  if (images < 0 || results < 0) {
    board_print("cannot open images.f32 or scores.f32\n");
    return 1;
  }
  for (; board_read(images, image, sizeof image) == sizeof image; ++count) {
    digits_serve(image, scores);
    board_write(results, scores, sizeof scores);
    if (count < DRAWN) {
      draw();
      print_number("is a ", (size_t)best(), "\n");
    }
  }
  print_number("", count, " images\n");
  print_number("", board_stack_used(), " bytes of stack\n");
  return 0;
}
