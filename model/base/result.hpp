// A value or the reason why there is none; and the assertion for our own mistakes.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

namespace lockstep {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

/// Our own mistake stops the program (exit code 70), in release too. A peer's mistake is never an assertion.
#define LOCKSTEP_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::lockstep::assertion_failed(#condition, __FILE__, __LINE__))

/// Marks the argument of a Result's constructor as the error.
template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

/// std::expected (C++23) in the spelling that can be replaced by it.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : data_(std::in_place_index<0>, std::move(value)) {}
  template <class F>
  Result(Unexpected<F> unexpected) : data_(std::in_place_index<1>, std::move(unexpected.error)) {}

  bool has_value() const { return data_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() {
    LOCKSTEP_ASSERT(has_value());
    return *std::get_if<0>(&data_);
  }
  const T& value() const {
    LOCKSTEP_ASSERT(has_value());
    return *std::get_if<0>(&data_);
  }
  const E& error() const {
    LOCKSTEP_ASSERT(!has_value());
    return *std::get_if<1>(&data_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> data_;
};

}  // namespace lockstep
