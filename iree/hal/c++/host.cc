#include "iree/hal/c++/host.h"

#include <algorithm>
#include <chrono>
#include <mutex>

namespace iree::hal {
namespace {

constexpr int64_t kLong = 8 << 20;  // bytes that a submission touches, from which on it takes long: about half a ms

std::mutex lock;                  // of every timeline and queue
std::condition_variable changed;  // some timeline or queue did

bool is_settled(const SemaphoreValue &wait) {
  return static_cast<OnHost<Semaphore> &>(*wait.semaphore).timeline.is_settled(wait.value);
}

bool is_ready(const SubmissionBatch &batch) {
  return std::all_of(batch.wait_semaphores.begin(), batch.wait_semaphores.end(), is_settled);
}

void check_all(const SemaphoreValues &values) {
  for (const SemaphoreValue &value : values) {
    if (dynamic_cast<OnHost<Semaphore> *>(value.semaphore.get()) == nullptr) {
      throw HalError(Status::kInvalidArgument, "submit with a semaphore of another device: create it with this one");
    }
  }
}

}  // namespace

uint64_t HostTimeline::query() {
  std::lock_guard<std::mutex> guard(lock);
  throw_failure();
  return value_;
}

void HostTimeline::signal(uint64_t value) {
  {
    std::lock_guard<std::mutex> guard(lock);
    throw_failure();
    if (value <= value_) {
      throw HalError(Status::kInvalidArgument, "signal of " + std::to_string(value) +
                                                   " does not increase: the value is " + std::to_string(value_));
    }
    value_ = value;
  }
  changed.notify_all();
}

void HostTimeline::fail(const HalError &error) {
  {
    std::lock_guard<std::mutex> guard(lock);
    if (!failure_) failure_ = error;
  }
  changed.notify_all();
}

void HostTimeline::wait(uint64_t value, double seconds) {
  std::unique_lock<std::mutex> guard(lock);
  auto settled = [&] { return is_settled(value); };
  if (seconds < 0) {
    changed.wait(guard, settled);
  } else if (!changed.wait_for(guard, std::chrono::duration<double>(seconds), settled)) {
    throw HalError(Status::kDeadlineExceeded, "value " + std::to_string(value) + " was not reached in " +
                                                  std::to_string(seconds) + " s: it is " + std::to_string(value_));
  }
  throw_failure();
}

bool HostTimeline::is_settled(uint64_t value) const { return value_ >= value || failure_; }

void HostTimeline::throw_failure() const {
  if (failure_) throw *failure_;
}

void HostQueue::submit(std::vector<SubmissionBatch> batches, const FenceValue &fence) {
  for (const SubmissionBatch &batch : batches) {
    check_all(batch.wait_semaphores);
    check_all(batch.signal_semaphores);
    for (const auto &commands : batch.command_buffers) {
      commands->check_submittable();
      if (commands->owner() != owner_) {
        throw HalError(Status::kInvalidArgument, "submit of another device's command buffer: create it with this one");
      }
    }
  }
  if (fence.fence != nullptr && fence.value <= fence.fence->query()) {
    throw HalError(Status::kInvalidArgument, "submit with fence value " + std::to_string(fence.value) +
                                                 ", which does not increase");
  }
  Submission submission{std::move(batches), fence};
  std::unique_lock<std::mutex> guard(lock);
  if (!can_run_now(submission)) {
    pending_.push_back(std::move(submission));
    if (!worker_.joinable()) worker_ = std::thread([this] { work(); });
    guard.unlock();
    changed.notify_all();
    return;
  }
  is_busy_ = true;
  guard.unlock();
  run(submission, false);
  guard.lock();
  is_busy_ = false;
  guard.unlock();
  changed.notify_all();
}

void HostQueue::wait_idle() {
  std::unique_lock<std::mutex> guard(lock);
  changed.wait(guard, [&] { return pending_.empty() && !is_busy_; });
  if (failure_) throw *failure_;
}

void HostQueue::stop() {
  {
    std::lock_guard<std::mutex> guard(lock);
    must_stop_ = true;
  }
  changed.notify_all();
  if (worker_.joinable()) worker_.join();
}

// Called with the lock held.
bool HostQueue::can_run_now(const Submission &submission) const {
  if (is_busy_ || !pending_.empty()) return false;
  int64_t work = 0;
  for (const SubmissionBatch &batch : submission.batches) {
    if (!is_ready(batch)) return false;
    for (const auto &commands : batch.command_buffers) work += work_of(*commands);
  }
  return work < kLong;
}

void HostQueue::run(const Submission &submission, bool may_wait) {
  try {
    for (const SubmissionBatch &batch : submission.batches) run_batch(batch, may_wait);
    if (submission.fence.fence != nullptr) submission.fence.fence->signal(submission.fence.value);
  } catch (const HalError &error) {
    fail(submission, error);
  } catch (const std::bad_alloc &) {
    fail(submission, HalError(Status::kResourceExhausted, "out of memory"));
  }
}

void HostQueue::run_batch(const SubmissionBatch &batch, bool may_wait) {
  {
    std::unique_lock<std::mutex> guard(lock);
    if (may_wait) changed.wait(guard, [&] { return is_ready(batch) || failure_ || must_stop_; });
    if (failure_) throw *failure_;
    if (!is_ready(batch)) {
      throw HalError(Status::kFailedPrecondition, "the device is gone, and a submission still waits for a semaphore");
    }
  }
  for (const SemaphoreValue &wait : batch.wait_semaphores) wait.semaphore->query();  // it may have failed
  execute(batch.command_buffers);
  for (const SemaphoreValue &signal : batch.signal_semaphores) signal.semaphore->signal(signal.value);
}

void HostQueue::fail(const Submission &submission, const HalError &error) {
  {
    std::lock_guard<std::mutex> guard(lock);
    if (!failure_) failure_ = error;
  }
  for (const SubmissionBatch &batch : submission.batches) {
    for (const SemaphoreValue &signal : batch.signal_semaphores) signal.semaphore->fail(error);
  }
  if (submission.fence.fence != nullptr) submission.fence.fence->fail(error);
}

void HostQueue::work() {
  std::unique_lock<std::mutex> guard(lock);
  while (true) {
    changed.wait(guard, [&] { return !is_busy_ && (!pending_.empty() || must_stop_); });
    if (pending_.empty()) return;
    is_busy_ = true;
    Submission submission = std::move(pending_.front());
    pending_.pop_front();
    guard.unlock();
    run(submission, true);
    submission = {};
    guard.lock();
    is_busy_ = false;
    changed.notify_all();
  }
}

}  // namespace iree::hal
