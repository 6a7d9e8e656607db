// A device that is this process's CPU: executables are C functions, compiled into the program.

#ifndef IREE_HAL_CXX_CPU_H_
#define IREE_HAL_CXX_CPU_H_

#include "iree/hal/c++/hal.h"

namespace iree::hal {

std::shared_ptr<Device> create_cpu_device();

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_CPU_H_
