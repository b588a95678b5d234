// A vendor's own program as the target: a child process that talks on standard input and output (docs/shim.md).
#pragma once

#include "adapters/claims.hpp"
#include "adapters/fate.hpp"
#include "adapters/shim_frames.hpp"

namespace lockstep::adapters {

/// Exit status by which shims and injectors say that they cannot do what is asked.
inline constexpr int EXIT_UNIMPLEMENTED = 89;

struct ShimOptions {
  std::string command;                ///< for the shell
  std::filesystem::path output = {};  ///< file for its standard error; empty: thrown away
  std::chrono::milliseconds start = limits::start;
  std::chrono::milliseconds frame = limits::frame;
};

/// One run of the shim. Every frame is answered by exactly one; after an error there is no way back.
class ShimProcess {
 public:
  /// Starts it and reads its hello.
  static Result<std::unique_ptr<ShimProcess>, LinkError> start(const ShimOptions&);

  const Claims& claims() const { return claims_; }
  bool is_broken() const { return broken_.has_value(); }
  bool is_fresh() const { return tag_ == 0; }
  /// Sends a frame and waits for the answer to it.
  Result<shim::Frame, LinkError> ask(shim::Kind, Bytes body, std::chrono::milliseconds patience);

 private:
  ShimProcess(Fate fate, ByteStream stream) : fate_(std::move(fate)), stream_(std::move(stream)) {}
  std::optional<LinkError> hear_hello(std::chrono::milliseconds patience);
  Result<std::optional<shim::Frame>, LinkError> receive(Deadline);
  Result<shim::Frame, LinkError> exchange(shim::Frame question, std::chrono::milliseconds patience);
  LinkError stray(const shim::Frame&, Byte answered) const;
  LinkError fail(const LinkError&);

  Fate fate_;
  ByteStream stream_;
  Claims claims_;
  Byte tag_ = 0;  // of the latest frame that was sent
  std::optional<LinkError> broken_;
};

/// connect(true) starts a new process, and so does connect(false) after an error.
class ShimTarget : public Target, private Injector {
 public:
  explicit ShimTarget(ShimOptions options) : options_(std::move(options)) {}

  /// With what the shim calls itself, once it has said so.
  std::string name() const override;
  Result<std::unique_ptr<Link>, LinkError> connect(bool restart) override;
  /// As the shim claims; before it has run, yes: it is started then.
  bool can_restart() const override { return process_ == nullptr || process_->claims().reset; }
  Injector* injector() override { return this; }
  Result<std::optional<Claims>, LinkError> claims() override;

 private:
  std::optional<LinkError> run(bool restart);
  Result<Injected, std::string> inject(const Injection&) override;

  ShimOptions options_;
  std::shared_ptr<ShimProcess> process_;
};

}  // namespace lockstep::adapters
