// A device that is a GPU, or whatever else has a driver for Vulkan 1.2 or later. Link with -lvulkan.

#ifndef IREE_HAL_CXX_VULKAN_H_
#define IREE_HAL_CXX_VULKAN_H_

#include "iree/hal/c++/hal.h"

namespace iree::hal {

// The fastest kind that is there, or the one whose name contains `name`: "GeForce", "llvmpipe".
// NotFound: there is none of that name. Unavailable: none can be used, and why.
std::shared_ptr<Device> create_vulkan_device(const std::string &name = "");

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_VULKAN_H_
