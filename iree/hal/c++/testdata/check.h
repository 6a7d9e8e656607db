// Facts, each checked: a program ends at the first that is none.

#ifndef IREE_HAL_CXX_TESTDATA_CHECK_H_
#define IREE_HAL_CXX_TESTDATA_CHECK_H_

#include <cstdio>
#include <cstdlib>

#include "iree/hal/c++/hal.h"

#define CHECK(fact)                                               \
  do {                                                            \
    if (!(fact)) {                                                \
      std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #fact); \
      std::exit(1);                                               \
    }                                                             \
  } while (0)

// `statement` throws a HalError of this status, whose text has `part`.
#define FAILS(status_, part, statement)                                                                 \
  do {                                                                                                  \
    bool is_thrown = false;                                                                             \
    try {                                                                                               \
      statement;                                                                                        \
    } catch (const iree::hal::HalError &error) {                                                        \
      is_thrown = true;                                                                                 \
      bool is_right = error.status() == iree::hal::Status::status_ &&                                   \
                      std::string(error.what()).find(part) != std::string::npos;                        \
      if (!is_right) std::printf("%s:%d: throws another: %s\n", __FILE__, __LINE__, error.what());      \
      if (!is_right) std::exit(1);                                                                      \
    }                                                                                                   \
    if (!is_thrown) std::printf("%s:%d: throws nothing: %s\n", __FILE__, __LINE__, #statement);         \
    if (!is_thrown) std::exit(1);                                                                       \
  } while (0)

#endif  // IREE_HAL_CXX_TESTDATA_CHECK_H_
