// What a person sees while cases run.
#pragma once

#include "report/style.hpp"
#include "runner/run.hpp"

namespace lockstep::report {

/// Results go to stdout: in a pipe one line for each case, on a terminal only what did not pass, with a line on stderr
/// that counts. Remembers the SPDM version that was negotiated.
class Progress : public runner::Observer {
 public:
  explicit Progress(std::size_t cases);

  void begins(const cases::Case&) override;
  void steps(const oracle::Step&, const wire::Context&) override;
  void ends(const runner::CaseResult&) override;
  /// "1.4"; empty when none was negotiated.
  std::string spdm_version() const;

 private:
  void erase_line() const;

  std::size_t cases_;
  std::size_t begun_ = 0;
  std::size_t failed_ = 0;
  bool terminal_;
  Style style_;
  Byte spdm_version_ = 0;
};

/// Tells several observers in their order.
class Observers : public runner::Observer {
 public:
  void add(runner::Observer& observer) { all_.push_back(&observer); }

  void begins(const cases::Case& test) override {
    for (auto* each : all_) each->begins(test);
  }
  void steps(const oracle::Step& step, const wire::Context& context) override {
    for (auto* each : all_) each->steps(step, context);
  }
  void secrets(const spdm::Memory& memory) override {
    for (auto* each : all_) each->secrets(memory);
  }
  void connects(bool fresh) override {
    for (auto* each : all_) each->connects(fresh);
  }
  void ends(const runner::CaseResult& result) override {
    for (auto* each : all_) each->ends(result);
  }
  std::string trace() const override {
    for (const auto* each : all_)
      if (std::string path = each->trace(); !path.empty()) return path;
    return {};
  }

 private:
  std::vector<runner::Observer*> all_;
};

}  // namespace lockstep::report
