// Queues, semaphores and fences in this process, for devices that do their work under a thread of it.

#ifndef IREE_HAL_CXX_HOST_H_
#define IREE_HAL_CXX_HOST_H_

#include <condition_variable>
#include <deque>
#include <optional>
#include <thread>

#include "iree/hal/c++/hal.h"

namespace iree::hal {

// The state of a timeline. All of a process share one lock, so that a thread can wait for several.
class HostTimeline {
 public:
  explicit HostTimeline(uint64_t initial) : value_(initial) {}

  uint64_t query();
  void signal(uint64_t value);
  void fail(const HalError &error);
  void wait(uint64_t value, double seconds);
  // Whether a wait for `value` would end at once.
  bool is_settled(uint64_t value) const;  // with the lock held

 private:
  void throw_failure() const;

  uint64_t value_;
  std::optional<HalError> failure_;
};

// A Semaphore or a Fence that is such a timeline.
template <typename Kind>
class OnHost final : public Kind {
 public:
  explicit OnHost(uint64_t initial) : timeline(initial) {}

  uint64_t query() override { return timeline.query(); }
  void signal(uint64_t value) override { timeline.signal(value); }
  void fail(const HalError &error) override { timeline.fail(error); }
  void wait(uint64_t value, double seconds) override { timeline.wait(value, seconds); }

  HostTimeline timeline;
};

// A submission that can start at once and soon ends runs inside submit(), without a change of thread. One that has to
// wait for a semaphore, or that takes long, is put aside with all that is submitted after it, for a worker thread.
class HostQueue : public CommandQueue {
 public:
  void submit(std::vector<SubmissionBatch> batches, const FenceValue &fence) override;
  void wait_idle() override;

 protected:
  // `owner`: that of the command buffers that it runs, all of the device's own class.
  explicit HostQueue(const void *owner) : owner_(owner) {}

  // About how many bytes its commands touch.
  virtual int64_t work_of(const CommandBuffer &commands) const = 0;
  // Does what command buffers say, in order, and returns when that is done. HalError: it fails.
  virtual void execute(const std::vector<std::shared_ptr<CommandBuffer>> &command_buffers) = 0;
  // A derived class calls this first when it is destroyed. The worker does what is pending, and fails what would have
  // to wait for a semaphore.
  void stop();

 private:
  struct Submission {
    std::vector<SubmissionBatch> batches;
    FenceValue fence;
  };

  void run(const Submission &submission, bool may_wait);
  void run_batch(const SubmissionBatch &batch, bool may_wait);
  void fail(const Submission &submission, const HalError &error);
  bool can_run_now(const Submission &submission) const;
  void work();

  const void *owner_;
  std::deque<Submission> pending_;
  std::optional<HalError> failure_;
  std::thread worker_;
  bool is_busy_ = false, must_stop_ = false;
};

}  // namespace iree::hal

#endif  // IREE_HAL_CXX_HOST_H_
