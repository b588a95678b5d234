// Traces: everything that happened in one case, as JSON lines ("lockstep/trace-1", docs/traces.md). The first line says
// what runs, each further line is a step or a new connection, the last one the result; a trace without result is of a
// run that died.
#pragma once

#include <filesystem>

#include "report/file.hpp"
#include "runner/run.hpp"

namespace lockstep::report {

/// What the first line of each trace says beside the case.
struct TraceHeader {
  std::string tool_version, target;
  std::uint64_t seed = 0;
  std::string transport;  ///< the binding's name: what secured records look like
};

class TraceWriter {
 public:
  /// `history`: what was done on the connection before.
  static Result<TraceWriter, std::string> create(const std::string& path, const TraceHeader&, std::string_view case_id,
                                                 const runner::Recording& history = {});

  // Each returns the reason when it could not be written.
  std::optional<std::string> step(const oracle::Step&, const device::Shape&, const wire::Context&);
  std::optional<std::string> connection(bool fresh);
  std::optional<std::string> action(std::string_view action);
  std::optional<std::string> result(const runner::CaseResult&);
  const std::string& path() const { return file_.path(); }

 private:
  explicit TraceWriter(LineFile file) : file_(std::move(file)) {}
  LineFile file_;
  std::size_t steps_ = 0;
};

/// Writes one trace for each case into a directory, which it makes, and beside it the shortened failure. The first
/// error is kept and ends the tracing: the run goes on without.
class Tracer : public runner::Observer {
 public:
  Tracer(std::filesystem::path directory, TraceHeader header, device::Shape shape);

  void begins(const cases::Case&) override;
  void steps(const oracle::Step&, const wire::Context&) override;
  void connects(bool fresh) override;
  void ends(const runner::CaseResult&) override;
  std::string trace() const override { return writer_ ? writer_->path() : std::string(); }

  const std::optional<std::string>& error() const { return error_; }

 private:
  void write_shortest(const runner::CaseResult&);
  void note(std::optional<std::string> error);

  std::filesystem::path directory_;
  TraceHeader header_;
  device::Shape shape_;
  runner::Recording recording_;
  std::optional<TraceWriter> writer_;
  std::optional<std::string> error_;
};

}  // namespace lockstep::report
