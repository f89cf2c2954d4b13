// How much memory the requests and answers of all connections take together.
//
// What must always hold: what a charge took is given back at the latest when the charge ends.

#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace chs {

/// Bytes that all connections share; any thread may use it.
class Budget {
 public:
  explicit Budget(std::size_t max) : max_(max) {}

  /// False, having taken nothing, if that much is not left.
  bool take(std::size_t size) {
    if (used_.fetch_add(size, std::memory_order_relaxed) + size <= max_) return true;
    give_back(size);
    return false;
  }
  void give_back(std::size_t size) { used_.fetch_sub(size, std::memory_order_relaxed); }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  std::size_t const max_;
  std::atomic<std::size_t> used_ = 0;
};

/// A share of a budget; the budget outlives it.
class Charge {
 public:
  explicit Charge(Budget& budget) : budget_(&budget) {}
  Charge(Charge&& other) noexcept : budget_(other.budget_), size_(std::exchange(other.size_, 0)) {}
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;
  Charge& operator=(Charge&&) = delete;
  ~Charge() { budget_->give_back(size_); }

  /// False, having changed nothing, if that much is not left.
  bool resize(std::size_t size) {
    if (size > size_) {
      if (!budget_->take(size - size_)) return false;
    } else if (size < size_) {
      budget_->give_back(size_ - size);
    }
    size_ = size;
    return true;
  }

 private:
  Budget* budget_;
  std::size_t size_ = 0;
};

}  // namespace chs
