#include "report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "report/text.hpp"

namespace lockstep::report {

Progress::Progress(std::size_t cases)
    : cases_(cases),
      terminal_(::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1),
      style_(Style::of(stdout)) {}

void Progress::begins(const cases::Case& test) {
  ++begun_;
  if (!terminal_) return;
  erase_line();
  fmt::print(stderr, "{} failed  {}/{}  {}", failed_, begun_, cases_, test.id);
}

void Progress::steps(const oracle::Step& step, const wire::Context& context) {
  const auto* letter = std::get_if<device::SpdmLetter>(&step.letter.body);
  const bool negotiated = letter != nullptr && letter->letter.stimulus == spdm::Stimulus::NEGOTIATE_ALGORITHMS &&
                          step.observation.answer.kind == Answer::Kind::response;
  if (negotiated) spdm_version_ = std::max(spdm_version_, context.spdm_version);
}

void Progress::ends(const runner::CaseResult& result) {
  if (result.verdict == runner::Verdict::fail) ++failed_;
  if (terminal_) erase_line();
  const bool quiet = result.verdict == runner::Verdict::pass || result.verdict == runner::Verdict::not_applicable;
  if (terminal_ && quiet) return;
  const std::string line = case_line(result, style_);
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

std::string Progress::spdm_version() const {
  return spdm_version_ == 0 ? std::string() : fmt::format("{}.{}", spdm_version_ >> 4, spdm_version_ & 0xF);
}

void Progress::erase_line() const { fmt::print(stderr, "\r\033[K"); }

}  // namespace lockstep::report
